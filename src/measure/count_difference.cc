// The difference of two regions of a run, such as "eleven inferences less one, by ten".
//
// The one that is taken off may have more of something: its caches were cold, or it alone ran a
// path. Less than no time explains nothing to anyone, so what a row or a cause owes is taken off
// where most is. The rows and causes are a table: a row that owes as a whole is added to the
// largest one, a column likewise, and what then is left below zero is exchanged with its row's and
// its column's largest entries, by which all sums stay. Not handled: a difference that owes as a
// whole gives zeros.
#include "measure/count_difference.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>
#include <utility>

namespace assay {
namespace {

using Table = std::vector<std::vector<int64_t>>;

/// Adds what is below zero in `sums` to the largest, by `merge(into, from)`.
template <class Merge>
void merge_owing(std::vector<int64_t>& sums, Merge merge) {
  for (size_t i = 0; i < sums.size(); ++i) {
    while (sums[i] < 0) {
      const auto most = static_cast<size_t>(std::ranges::max_element(sums) - sums.begin());
      if (most == i) return;  // all are below zero
      merge(most, i);
      sums[most] += sums[i];
      sums[i] = 0;
      i = std::min(i, most);  // which may owe now
    }
  }
}

std::vector<int64_t> row_sums(const Table& table) {
  std::vector<int64_t> sums;
  for (const auto& row : table) sums.push_back(std::accumulate(row.begin(), row.end(), int64_t{0}));
  return sums;
}

std::vector<int64_t> column_sums(const Table& table) {
  std::vector<int64_t> sums(table.front().size());
  for (const auto& row : table)
    for (size_t k = 0; k < row.size(); ++k) sums[k] += row[k];
  return sums;
}

/// Makes table[row][column] no less than 0. All sums stay; there is none below zero.
void exchange(Table& table, size_t row, size_t column) {
  int64_t& owing = table[row][column];
  while (owing < 0) {
    const auto other_column =
        static_cast<size_t>(std::ranges::max_element(table[row]) - table[row].begin());
    auto& other_row = *std::ranges::max_element(
        table, {}, [column](const std::vector<int64_t>& each) { return each[column]; });
    const int64_t much = std::min({-owing, table[row][other_column], other_row[column]});
    owing += much;
    table[row][other_column] -= much;
    other_row[column] -= much;
    other_row[other_column] += much;
  }
}

/// No entry below zero, by as little change of the sums as that takes.
void settle(Table& table) {
  if (table.empty() || table.front().empty()) return;
  std::vector<int64_t> rows = row_sums(table);
  if (std::accumulate(rows.begin(), rows.end(), int64_t{0}) < 0) {
    for (auto& row : table) std::ranges::fill(row, 0);
    return;
  }
  merge_owing(rows, [&table](size_t into, size_t from) {
    for (size_t k = 0; k < table[from].size(); ++k) {
      table[into][k] += table[from][k];
      table[from][k] = 0;
    }
  });
  std::vector<int64_t> columns = column_sums(table);
  merge_owing(columns, [&table](size_t into, size_t from) {
    for (auto& row : table) {
      row[into] += row[from];
      row[from] = 0;
    }
  });
  for (size_t i = 0; i < table.size(); ++i)
    for (size_t k = 0; k < table[i].size(); ++k) exchange(table, i, k);
}

/// Settles the part of all rows that `part` gives as a span.
template <class Part>
void settle_part(std::vector<Counts>& rows, Part part) {
  Table table;
  for (Counts& row : rows) {
    const auto values = part(row);
    table.emplace_back(values.begin(), values.end());
  }
  settle(table);
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(table[i], part(rows[i]).begin());
}

/// What rounding leaves goes to the largest, or comes off the largest.
void make_sum(std::span<int64_t> values, int64_t total) {
  int64_t rest = total - std::accumulate(values.begin(), values.end(), int64_t{0});
  while (rest != 0) {
    int64_t& most = *std::ranges::max_element(values);
    const int64_t step = rest > 0 ? rest : std::max(rest, -most);
    if (step == 0) return;
    most += step;
    rest -= step;
  }
}

constexpr size_t kCounters = sizeof(Counts) / sizeof(int64_t);
using Flat = std::array<int64_t, kCounters>;
static_assert(sizeof(Flat) == sizeof(Counts), "counters and nothing else");

/// One counter of all rows: settled, and divided so that the rows sum to the rounded sum.
void divide_column(std::vector<Flat>& rows, size_t k, int64_t divisor) {
  Table column;
  for (const Flat& row : rows) column.push_back({row[k]});
  settle(column);
  int64_t sum = 0, given = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    sum += column[i][0];
    const int64_t until = sum / divisor + (sum % divisor >= divisor - divisor / 2 ? 1 : 0);
    rows[i][k] = until - std::exchange(given, until);
  }
}

}  // namespace

std::vector<Counts> difference(std::vector<Counts> rows, const std::vector<Counts>& subtrahend,
                               int64_t divisor) {
  rows.resize(std::max(rows.size(), subtrahend.size()));
  for (size_t i = 0; i < subtrahend.size(); ++i) rows[i].add(subtrahend[i], -1);
  settle_part(rows, [](Counts& row) { return std::span(row.causes.ticks); });
  settle_part(rows, [](Counts& row) { return std::span(row.by_class); });
  std::vector<Flat> flat;
  for (Counts& row : rows) {
    row.cycles = row.causes.sum() / kTicksPerCycle;
    row.instructions = std::accumulate(row.by_class.begin(), row.by_class.end(), int64_t{0});
    flat.push_back(std::bit_cast<Flat>(row));
  }
  for (size_t k = 0; k < kCounters; ++k) divide_column(flat, k, divisor);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = std::bit_cast<Counts>(flat[i]);
    make_sum(rows[i].causes.ticks, rows[i].cycles * kTicksPerCycle);
    make_sum(rows[i].by_class, rows[i].instructions);
  }
  return rows;
}

}  // namespace assay
