"""Go through matrices: lists of rows that are equally long."""

from hornbook.synthesis.curriculum.holes import Map, Measure, Predicate, U


def best_column(rows: list[list[int]], p: Predicate[int]) -> int:
    """Return the index of the column of {rows} with the most {x:s} that {p:s}, the leftmost one in case of a tie.
    Count the {p:many} in every column of {rows}. Return where the count is highest; the lower index wins a tie.
    names: column_with_most_{p} best_column find_{p}_column
    """
    counts = [0] * len(rows[0])
    for row in rows:
        for j, x in enumerate(row):
            if p(x):
                counts[j] += 1
    return counts.index(max(counts))


def transposed(rows: list[list[int]], f: Map[int, U]) -> list[list[U]]:
    """Transpose {rows}: column j becomes row j. Return the new matrix, which holds {f:each {x}}.
    Return the transpose of {rows}, whose entries are {f:the {x:s}}.
    names: transpose_{f} columns_as_rows transposed flip_and_{f}
    """
    result = []
    for j in range(len(rows[0])):
        result.append([f(row[j]) for row in rows])
    return result


def best_row(rows: list[list[int]], f: Measure[int]) -> list[int]:
    """Return the row of {rows} for which the sum of {f:each {x}} in it is largest, the first one in case of a tie.
    Score each row of {rows} by the sum of {f:each of its {x:s}}. Return the first row with the highest score.
    names: best_row row_with_most_{f} max_row_by_{f}
    """
    return max(rows, key=lambda row: sum(f(x) for x in row))


def snake(rows: list[list[int]], f: Map[int, U]) -> list[U]:
    """Read {rows} like a snake: the first row from left to right, the second from right to left, and so on by turns.
        Return the list of {f:each {x}} in this order.
    Return one list with {f:every {x}} in {rows}, row after row, where the rows at odd indices are read backwards.
    names: snake_{f} zigzag read_like_snake {f}_in_turns
    """
    result = []
    for i, row in enumerate(rows):
        line = row if i % 2 == 0 else row[::-1]
        for x in line:
            result.append(f(x))
    return result


def count_peaks(rows: list[list[int]], p: Predicate[int]) -> int:
    """Count the cells of {rows} whose {x} {p} and is larger than those directly above, below, to the left and to the
        right of it, as far as they exist.
    Return how many peaks of {rows} {p:s}. A peak is a {x} greater than every neighbour in its row and its column.
    names: count_peaks {p}_peaks local_maxima
    """
    count = 0
    for i, row in enumerate(rows):
        for j, x in enumerate(row):
            around = row[max(j - 1, 0) : j] + row[j + 1 : j + 2]
            around += [line[j] for line in rows[max(i - 1, 0) : i] + rows[i + 1 : i + 2]]
            if p(x) and all(x > y for y in around):
                count += 1
    return count
