"""What a teacher says about processes that are followed step by step."""

SENTENCES: dict[str, tuple[str, str]] = {
    "account_balance": (
        "A variable holds the balance, and each booking changes it. Before a booking is made, the program asks whether "
        "the balance would stay at 0 or above.",
        "A refused booking changes nothing, but the later ones are still tried. That is why the sum of all bookings "
        "is not the answer.",
    ),
    "refused_bookings": (
        "The balance is followed as before, and a second variable counts the bookings that could not be made. Each "
        "booking changes exactly one of the two.",
        "Whether a booking is refused depends on all that came before it, so the order of the list matters.",
    ),
    "tank_level": (
        "After each step the level is pushed back into its limits: `min` cuts it at the capacity, `max` at 0. Then the "
        "next step begins from there.",
        "Cutting only at the end would give another result, because water that was spilled cannot flow out later.",
    ),
    "spilled_water": (
        "The level rises with each amount. What goes beyond the capacity is added to the spilled water, and the level "
        "is set back to the capacity.",
        "Two things change in a step, the level and the sum of what was lost, so two variables are needed.",
    ),
    "ring_position": (
        "On a ring the field behind the last one is field 0, and the remainder `%` does just that. It may be taken "
        "after each move or once at the end.",
        "In Python the remainder of a negative number is not negative if the divisor is positive, so backward moves "
        "need no special case.",
    ),
    "waiting_times": (
        "Each customer waits until all before are served. The clock stands at the sum of the serving times so far.",
        "The own serving time does not count as waiting: write the clock down first, then move it on. The first "
        "customer waits 0.",
    ),
    "two_counters": (
        "For each counter remember when it will be free. The next customer goes to the one that is free earlier, and "
        "that time grows by the serving time.",
        "The shop is finished when the later counter is, hence the maximum at the end. Half the sum would only be "
        "right if the work could be split evenly.",
    ),
    "boxes_needed": (
        "Remember how much space the current box has left. If the next thing fits, it goes in, otherwise a new box is "
        "begun.",
        "Things are packed in the given order, so an earlier box with space left is not used again. Dividing the sum "
        "by the size would promise too few boxes.",
    ),
    "race_to_goal": (
        "The token moves by each roll, unless the move would lead past the goal. Then it waits for the next roll.",
        "Test before moving: afterwards it is too late, and the move would have to be taken back.",
    ),
    "snakes_and_ladders": (
        "A dictionary holds the fields where a ladder or a snake starts, and where it ends. After each move one "
        "look-up tells whether the token goes on.",
        "`get` with the field itself as the default leaves the token where it is if there is neither. The jump comes "
        "after the whole move, not on the way.",
    ),
    "game_score": (
        "The loop remembers the roll before, so that it can compare. Two equal rolls in a row make the second one "
        "count twice.",
        "Update the memory at the end of the loop, after the comparison. The first roll has none before it and counts "
        "once.",
    ),
    "turns_until": (
        "Count the turns while the running sum is still too small, and stop as soon as it is large enough. `break` "
        "leaves the loop early.",
        "The turn that reaches the goal counts. If the goal is never reached, the loop must end with the list.",
    ),
    "floors_travelled": (
        "From one floor to the next the lift travels the difference without its sign. The sum over all stops is the "
        "way.",
        "The way from floor 0 to the first stop belongs to it. Without `abs` the way down would be subtracted.",
    ),
    "alarm_times": (
        "An alarm goes off at the moment when the limit is passed, not all the time while the value is high. So each "
        "value is compared together with the one before.",
        "The first value has none before it and needs a rule of its own. A value equal to the limit is not above it.",
    ),
    "heating_steps": (
        "The heating has a state, on or off, which a low or a high measurement changes. Between the two limits it "
        "stays as it is.",
        "Without the memory of the state one could not tell what happens between the limits. Two limits keep it from "
        "switching all the time.",
    ),
    "cell_step": (
        "A cell becomes 1 if exactly one of its two neighbours is 1, and 0 otherwise. Outside the row there are zeros, "
        "so that every cell has two neighbours.",
        "Write the new states into a new list. Changing the old list on the way would let later cells see new "
        "neighbours.",
    ),
    "infection_days": (
        "In each step every neighbour of a 1 becomes a 1, and the steps are counted until nothing is left to change. "
        "A cell falls when the nearest 1 arrives.",
        "If there is no 1 at the start, nothing ever spreads, and a loop that waits for the end would never stop. So "
        "that case is asked about.",
    ),
    "robot_place": (
        "Two numbers hold the place, one for each direction. Each letter changes one of them by 1, and at the end "
        "both form a tuple.",
        "The order of the moves does not matter for the last place, only how often each letter occurs. So counting "
        "letters gives the same answer.",
    ),
    "fields_visited": (
        "Each place is a tuple, and a set of tuples remembers where the robot was. The set keeps each place once, so "
        "its size is the answer.",
        "The start belongs to the set before the first move. Lists cannot be members of a set, but tuples can.",
    ),
    "farthest_distance": (
        "Follow the robot and measure its distance from the start after each move. A variable keeps the greatest "
        "distance so far.",
        "The distance at the end can be much smaller than the greatest one, since the robot may come back.",
    ),
    "lift_floor": (
        "The floor goes up or down by one for each command. `min` and `max` keep it between the lowest and the highest "
        "floor.",
        "A command that cannot be followed changes nothing, so counting letters and subtracting is not enough.",
    ),
    "typed_text": (
        "Letters are added at the end, and the backspace key takes the last one away. That is a stack: last in, first "
        "out.",
        "The slice `[:-1]` of an empty string is an empty string, so a backspace at the start does no harm. `pop` on "
        "an empty list would raise an error.",
    ),
    "most_inside": (
        "Count one up when somebody goes in and one down when somebody goes out. The largest count on the way is the "
        "answer.",
        "The count at the end is not what is asked for. Compare after every step, or the peak is missed.",
    ),
    "final_score": (
        "Two counters, one for each player, are raised by the letters. At the end they form a tuple.",
        "`count` reads the string once for each player, which is fine for two. The order in the tuple is a promise to "
        "the caller, so keep it.",
    ),
    "lead_changes": (
        "The lead is the difference of the points. Remember who was ahead last, and count when the other one gets "
        "ahead.",
        "At a draw nobody is ahead, and the memory must stay as it was. The first time somebody gets ahead is no "
        "change.",
    ),
    "population_after": (
        "In each year half of the fish that are there, rounded down, are added. A loop repeats that step, and each "
        "step starts from the number that the last one left.",
        "Rounding happens in every year, so a formula with a power would drift away from the true result.",
    ),
    "savings_after": (
        "Each year has two steps in a fixed order: first the payment, then the interest on all that is there. A loop "
        "repeats them.",
        "With the two steps exchanged, the newest payment would earn nothing in its year, and the result would be "
        "smaller.",
    ),
    "bounce_heights": (
        "Each height follows from the one before, so a loop computes and collects them. It ends when rounding down "
        "gives 0.",
        "Multiply first and divide afterwards: with `//` first, too much would be rounded away. The height from which "
        "the ball was dropped is not a bounce.",
    ),
    "traffic_light": (
        "The colours come in a circle of three, so only the remainder by 3 matters. It serves as an index into a tuple "
        "of colours.",
        "Indices start at 0, which is the colour at the beginning. Following the changes one by one gives the same "
        "answer, but takes longer.",
    ),
    "coins_for_change": (
        "Take the largest coin as long as it fits, then the next. What is left over becomes smaller with each coin.",
        "With these coins the method also needs the fewest. With coins of 4, 3 and 1 it would not: for 6 it gives "
        "4, 1, 1 instead of 3, 3.",
    ),
    "last_in_circle": (
        "The people count around the circle, and whoever reaches the last number of the count leaves. In a list that "
        "is adding to an index and taking the remainder by the length of the list.",
        "After somebody leaves, the list is shorter, and the index already points to the next person. That is why 1 "
        "is subtracted from the step.",
    ),
    "lamps_on": (
        "In round r every lamp whose number r divides is switched over, and `not` does the switching. After all rounds "
        "a lamp is on if it was switched an odd number of times.",
        "Lamp 0 does not exist, though the list has a place for it. Only square numbers have an odd number of "
        "divisors, so those lamps stay on.",
    ),
    "stock_after_orders": (
        "Copy the dictionary, then go through the orders and lower the number of each thing that is still there.",
        "`dict(...)` makes the copy; without it the caller's dictionary would change. `get` with 0 covers orders for "
        "unknown things.",
    ),
    "unserved_orders": (
        "A copy of the stock is used up order by order. What finds nothing left is put into the result.",
        "The same name may be served at first and refused later, so asking only whether it is in the dictionary is "
        "not enough.",
    ),
    "life_step": (
        "A living cell stays alive with two or three living neighbours, and a dead one comes to life with three. All "
        "counts come from the old board, and the decisions go into a new one.",
        "Cells at the edge have fewer neighbours: `max` and slices keep the indices inside the board. A negative index "
        "would count from the other end without an error.",
    ),
    "fallen_grains": (
        "A column keeps its number of grains, and all of them end up at its bottom. Sorting a column puts the zeros "
        "first and the ones last, which is what falling does.",
        "Row 0 is the top row. `zip(*board)` turns rows into columns, and the same again turns columns into rows.",
    ),
}
