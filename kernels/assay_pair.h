/* What can be computed of two elements of one type, by a number. */
#ifndef ASSAY_PAIR_H
#define ASSAY_PAIR_H

#define ASSAY_ADD 0
#define ASSAY_SUB 1
#define ASSAY_MUL 2
#define ASSAY_DIV 3
#define ASSAY_FLOOR_DIV 4
#define ASSAY_FLOOR_MOD 5
#define ASSAY_MINIMUM 6
#define ASSAY_MAXIMUM 7
#define ASSAY_SQUARED_DIFFERENCE 8
#define ASSAY_POW 9
#define ASSAY_EQUAL 10 /* from here on the result is a boolean */
#define ASSAY_NOT_EQUAL 11
#define ASSAY_LESS 12
#define ASSAY_LESS_EQUAL 13
#define ASSAY_GREATER 14
#define ASSAY_GREATER_EQUAL 15
#define ASSAY_AND 16
#define ASSAY_OR 17

#define ASSAY_COMPARE(op, a, b)                                 \
  ((op) == ASSAY_EQUAL                                          \
       ? (a) == (b)                                             \
       : ((op) == ASSAY_NOT_EQUAL                               \
              ? (a) != (b)                                      \
              : ((op) == ASSAY_LESS ? (a) < (b)                 \
                                    : ((op) == ASSAY_LESS_EQUAL \
                                           ? (a) <= (b)         \
                                           : ((op) == ASSAY_GREATER ? (a) > (b) : (a) >= (b))))))

#endif /* ASSAY_PAIR_H */
