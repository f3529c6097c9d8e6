/* What the kernels of two integers compute, at a width: ASSAY_K is the function's name, ASSAY_INT
 * its type and ASSAY_BITS that without a sign. Wraps where it overflows; division by zero gives
 * zero. */
#ifdef ASSAY_K

ASSAY_INLINE ASSAY_INT ASSAY_K(int32_t op, ASSAY_INT a, ASSAY_INT b) {
  switch (op) {
    case ASSAY_ADD:
      return (ASSAY_INT)((ASSAY_BITS)a + (ASSAY_BITS)b);
    case ASSAY_SUB:
      return (ASSAY_INT)((ASSAY_BITS)a - (ASSAY_BITS)b);
    case ASSAY_MUL:
      return (ASSAY_INT)((ASSAY_BITS)a * (ASSAY_BITS)b);
    case ASSAY_DIV:
      return b == 0 ? 0 : (b == -1 ? (ASSAY_INT)(0u - (ASSAY_BITS)a) : a / b);
    case ASSAY_FLOOR_DIV:
      if (b == 0 || b == -1) return b == 0 ? 0 : (ASSAY_INT)(0u - (ASSAY_BITS)a);
      return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
    case ASSAY_FLOOR_MOD:
      if (b == 0 || b == -1 || a % b == 0) return 0;
      return a % b + ((a < 0) != (b < 0) ? b : 0);
    case ASSAY_MINIMUM:
      return a < b ? a : b;
    case ASSAY_MAXIMUM:
      return a > b ? a : b;
    case ASSAY_SQUARED_DIFFERENCE:
      return (ASSAY_INT)(((ASSAY_BITS)a - (ASSAY_BITS)b) * ((ASSAY_BITS)a - (ASSAY_BITS)b));
    case ASSAY_POW: {
      ASSAY_BITS power = 1, base = (ASSAY_BITS)a;
      if (b < 0) return 0;
      for (; b > 0; b /= 2, base *= base)
        if (b % 2 == 1) power *= base;
      return (ASSAY_INT)power;
    }
    case ASSAY_AND:
      return a && b;
    case ASSAY_OR:
      return a || b;
    default:
      return ASSAY_COMPARE(op, a, b);
  }
}

#undef ASSAY_K
#undef ASSAY_INT
#undef ASSAY_BITS

#endif /* ASSAY_K */
