"""What a teacher says about matrices, written as lists of rows."""

SENTENCES: dict[str, tuple[str, str]] = {
    "turn_clockwise": (
        "Turn the order of the rows round and then read off the columns: `zip(*grid[::-1])`. The left column, read "
        "from below, becomes the first row.",
        "`zip` yields tuples, so `list` is needed to get rows that are lists. Three more turns give back the matrix.",
    ),
    "turn_counterclockwise": (
        "Read off the columns with `zip(*grid)` and then turn the order of the new rows round. The right column, read "
        "from the top, becomes the first row.",
        "Whether the reversal comes before or after `zip` decides the direction, so try it with a small example. "
        "Height and width change places.",
    ),
    "turn_half": (
        "Reverse the order of the rows and each row as well. The last number of the last row becomes the first of all.",
        "Only one of the two reversals would make a mirror image. After a second half turn everything is back in its "
        "place.",
    ),
    "times_vector": (
        "Lay the vector on each row, multiply what lies on top of each other, and add the products. Every row yields "
        "one number of the result.",
        "The vector should have as many numbers as a row, since `zip` silently stops at the shorter of the two. The "
        "result has as many numbers as the matrix has rows.",
    ),
    "matrix_square": (
        "The number in row i and column j of a product is made from row i of the first matrix and column j of the "
        "second: multiply in pairs and add. Here both are the same matrix.",
        "Squaring every number by itself is something else. The matrix must be square, or rows and columns would not "
        "have the same length.",
    ),
    "matrix_sum": (
        "Two matrices are added place by place. The outer `zip` pairs up the rows, the inner one the numbers of two "
        "rows.",
        "The plus sign between two lists would join them instead of adding the numbers. A new matrix is built, so "
        "neither of the two changes.",
    ),
    "swap_outer_rows": (
        "Copy the list of rows and exchange its first and last member; `-1` is the index of the last one. Python "
        "swaps two places in a single line, without a third variable.",
        "Without the copy the swap would change the caller's matrix. An empty matrix has no row to swap, so this case "
        "is tested first.",
    ),
    "swap_outer_columns": (
        "A column is spread over all rows, so the swap happens in each row: its first and its last number change "
        "places.",
        "Copy each row before changing it: copying only the outer list would leave the rows shared. An empty row or "
        "one with a single number stays as it is.",
    ),
    "shift_rows": (
        "In each row the last number moves to the front: the slice `row[-1:]` holds it, and `row[:-1]` holds the "
        "rest. After as many shifts as there are columns, the matrix is the same again.",
        "Slices of an empty row are empty, so nothing goes wrong there. With `row[-1]` instead of `row[-1:]` an empty "
        "row would raise an error.",
    ),
    "sort_each_row": (
        "Apply `sorted` to each row; it returns a new list and leaves the row as it was. The rows themselves keep "
        "their places.",
        "Calling `sorted` on the whole matrix would change the order of the rows instead. The method `sort` changes a "
        "row in place and returns None.",
    ),
    "without_first_row_and_column": (
        "`grid[1:]` leaves out the first row, and `row[1:]` the first number of each row that remains. Both together "
        "cut off the upper and the left edge.",
        "A slice never fails, even if there is nothing left to cut off. Such smaller matrices are used to compute "
        "determinants.",
    ),
    "upper_triangle": (
        "A number is on or above the diagonal if its column index is at least its row index. All others become 0.",
        "`enumerate` gives the row index i and the column index j, both from 0. The numbers on the diagonal itself "
        "stay.",
    ),
    "neighbour_sums": (
        "For every place, look at the four places around it and add those that exist. Checking `0 <= a < height` and "
        "the same for the width keeps the walk inside the matrix.",
        "The index -1 is valid in Python and means the last row, so without the check the sum would be wrong and no "
        "error would tell. Write into a new matrix, or later sums would read numbers changed already.",
    ),
    "spread_zeros": (
        "First find the rows and columns that hold a 0, then fill them. Two passes are needed, one that looks and one "
        "that writes.",
        "Filling at once while looking makes new zeros, which would spread further until everything is 0. The matrix "
        "that is read must not be the one that is changed.",
    ),
    "identity_matrix": (
        "In row i only the number at index i is 1. The comparison `i == j` is True exactly there, and `int` turns it "
        "into 1 or 0.",
        "Do not build the rows with `[[0] * n] * n`: that is the same row n times, and a change would show in all of "
        "them. With 0 rows the matrix is the empty list.",
    ),
    "times_table": (
        "The outer loop runs over the rows, the inner one over the columns, and each cell is the product of its two "
        "numbers. A comprehension inside a comprehension says this in one line.",
        "The table starts at 1, so the ranges run from 1 to n + 1. Row and column may change places without changing "
        "the table.",
    ),
    "sum_table": (
        "For each number of the first list make a row with its sums with all numbers of the second. The inner "
        "comprehension is the row.",
        "The order of the two loops decides what is a row and what is a column. If the second list is empty, every "
        "row is empty.",
    ),
    "anti_diagonal": (
        "While the row index goes up, the column index goes down from the last one: in row i it is `-1 - i`, counted "
        "from the end.",
        "For row 0 the index is -1, the last place; a plain `-i` would give place 0, because -0 is 0. The matrix must "
        "be square.",
    ),
    "trace": (
        "The diagonal holds the numbers whose row and column index are equal; add `grid[i][i]` for every i. This sum "
        "is called the trace.",
        "One loop is enough, since there is one such number in each row. In a matrix that is wider than high, some "
        "columns have none.",
    ),
    "diagonal_difference": (
        "In each row, take the number from the left at index i and the one from the right at index `-1 - i`. Their "
        "differences add up to the difference of the two diagonals.",
        "The absolute value is taken once, at the end, not in each row. The number in the middle belongs to both "
        "diagonals and cancels out.",
    ),
    "determinant": (
        "Expand along a row or a column: multiply each of its numbers by the determinant of what remains without its "
        "row and column, with signs that alternate, and add. The smaller determinants are found the same way, by "
        "recursion.",
        "The recursion ends at the empty matrix, whose determinant is 1. For large matrices this takes very long; "
        "elimination is the faster way.",
    ),
    "spiral": (
        "Take the first row, turn what is left counterclockwise, and repeat until nothing is left. The turn brings "
        "the next side of the spiral to the top.",
        "When removing sides one by one, check that a row is left before taking the next side, or numbers are listed "
        "twice. Every number appears exactly once.",
    ),
    "zigzag": (
        "Read the rows from the top, and reverse every second one before adding it. The index from `enumerate` tells "
        "even rows from odd ones.",
        "The first row has the index 0, which is even, so it is read forwards. Use a reversed copy such as "
        "`row[::-1]`, since `row.reverse()` would change the matrix.",
    ),
    "border": (
        "A number is on the border if its row is the first or the last, or its column is. The condition `i in (0, "
        "len(grid) - 1)` says this for the rows.",
        "Testing each place once lists the corners once; adding up four sides would list them twice. In a matrix with "
        "at most two rows, everything is border.",
    ),
    "column_maxima": (
        "`zip(*grid)` hands over the columns one by one, and `max` finds the largest of each. The star passes the "
        "rows to `zip` as separate arguments.",
        "`zip` stops at the shortest row, so all rows should have the same length. Without any rows there are no "
        "columns either, and the result is empty.",
    ),
    "saddle_points": (
        "Compare each number with the smallest of its row and the largest of its column; it must equal both. The "
        "chain `low == n == high` tests both at once.",
        "There may be none, or several equal ones. Computing the largest numbers of the columns once, before the "
        "loop, saves much work.",
    ),
    "border_sum": (
        "Add up everything and take away the inner part, which is each row without its ends, in all rows but the "
        "first and the last. Or visit each place and test whether it lies on the border.",
        "Adding the four sides one by one counts the corners twice. With fewer than three rows there is no inner "
        "part, and the slice for it is empty.",
    ),
    "sum_above_diagonal": (
        "In row i, the numbers above the diagonal are those behind index i, the slice `row[i + 1:]`. Add up these "
        "slices.",
        "With `row[i:]` the diagonal itself would be included. The last row has nothing above the diagonal.",
    ),
    "largest_row_sum": (
        "Take the sum of each row and then the largest of these sums. `max` accepts a generator, so no list of sums "
        "is needed.",
        "`max` fails on an empty sequence, unless it is told what to return by `default`. A variable that starts at 0 "
        "would be wrong if all sums are negative.",
    ),
    "is_symmetric": (
        "Compare the number at row i and column j with the one at row j and column i. It is enough to look below the "
        "diagonal, as each pair then comes up once.",
        "A matrix that is not square cannot be symmetric, and its transpose has another shape. The diagonal itself "
        "may hold anything.",
    ),
    "is_identity": (
        "Every place must hold 1 if its row and column index are equal, and 0 otherwise. In Python `True == 1`, so a "
        "number may be compared with the result of `i == j`.",
        "It is not enough that the diagonal is all ones: the other places must be checked as well. One wrong number "
        "decides, so `all` may stop there.",
    ),
    "is_upper_triangular": (
        "Below the diagonal the column index is smaller than the row index; in row i that is the slice `row[:i]`. All "
        "these numbers must be 0.",
        "Nothing is asked of the diagonal and what lies above it. In row 0 the slice is empty, and nothing can be "
        "wrong there.",
    ),
    "is_magic": (
        "Collect the sums of all rows, all columns and both diagonals. In a set equal sums fall together, so a magic "
        "square leaves exactly one.",
        "The diagonals are easily forgotten. It is not required here that all numbers are different, as it is for the "
        "classical magic squares.",
    ),
}
