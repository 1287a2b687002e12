"""What a teacher says about times of day, durations, calendars and counts of days, all by arithmetic."""

SENTENCES: dict[str, tuple[str, str]] = {
    "hour_of": (
        "In a time such as '09:45' the hour is the first two characters; the slice `[:2]` cuts them out and `int` "
        "turns them into a number. The method `split` with a colon finds them as well.",
        "The slice alone is still text, and text cannot be added or compared with numbers. `int` accepts the zero in "
        "front: '09' becomes 9.",
    ),
    "minute_of": (
        "The minute of '09:45' stands behind the colon, from index 3 on. Cut it out with `[3:]` and turn it into a "
        "number.",
        "The colon itself has the index 2, so `[2:]` would include it and `int` would fail. The minutes '05' become "
        "5, without the zero.",
    ),
    "minutes_of_clock": (
        "An hour has 60 minutes, so the minutes since midnight are the hour times 60 plus the minute. As one number, "
        "a time can be compared, added and subtracted.",
        "Turn both parts into numbers before calculating: '09' * 60 would repeat the text sixty times. Midnight is 0 "
        "and the last minute of the day 1439.",
    ),
    "clock_of_minutes": (
        "Dividing by 60 gives the hours, the remainder the minutes; `% 24` lets the hours start again after a day. "
        "The format `02d` writes a number with two digits.",
        "Without the format, five past nine would read '9:5'. Python's `%` is never negative for a positive divisor, "
        "so even a negative number of minutes gives a valid time.",
    ),
    "twelve_hour": (
        "Before noon the half is AM, from noon on PM. The hour is the remainder by 12, except that a remainder of 0 "
        "is written as 12.",
        "Midnight is 12 AM and noon 12 PM, against what one might expect. The expression `hour % 12 or 12` puts 12 in "
        "the place of 0.",
    ),
    "minutes_later": (
        "Turn the time into minutes since midnight, add, and take the remainder by 1440, the minutes of a day. Then "
        "write hours and minutes with two digits each.",
        "Adding to the minutes alone can give 60 or more, which must be carried to the hours. And the hours must not "
        "reach 24: that is what the remainder is for.",
    ),
    "minutes_earlier": (
        "Turn the time into minutes since midnight, subtract, and take the remainder by 1440. The remainder brings a "
        "negative number back into the day before.",
        "In Python `-10 % 1440` is 1430, just as needed; some other languages give -10. Written by hand, minutes "
        "below 0 borrow 60 from the hour.",
    ),
    "round_clock": (
        "Divide the minute by the unit, rounding down, and multiply again: 47 becomes 45 for a unit of 15. The hour "
        "does not change.",
        "Since the time is rounded down, the result is never later than the time itself. The unit should divide 60, "
        "or the steps would not fit into the hour.",
    ),
    "later_clock": (
        "Times written with two digits each are in the same order as texts as they are in time. So `max` works on the "
        "strings directly.",
        "This only works because of the leading zeros: '9:30' would come after '10:15' as a text. Both times are "
        "taken to be on the same day.",
    ),
    "minutes_until": (
        "Turn both times into minutes since midnight and subtract. If the result is negative, the second time is on "
        "the next day: add 1440, or take the remainder by 1440.",
        "For two equal times the answer is 0 and not a whole day. Mind the order: it is the end minus the beginning.",
    ),
    "is_morning": (
        "Noon is 12:00, so a time is before noon if its hour is less than 12. As the form is fixed, the texts "
        "themselves can be compared too.",
        "12:00 is no longer before noon. Comparing with the text '12:00' needs the leading zero in '09:30'.",
    ),
    "is_open": (
        "Take the hour and ask whether it lies between two limits; Python allows the chain `low <= hour < high`. The "
        "minutes need not be looked at.",
        "The lower limit is included and the upper one is not, as in a range. So at the closing hour itself it is "
        "already closed.",
    ),
    "hand_angle": (
        "In half degrees, the minute hand moves 12 for each minute and the hour hand 1, so both are integers. The gap "
        "and what is missing to a full turn of 720 are the two angles: take the smaller one.",
        "The hour hand does not stand still between two hours: at 3:30 it is halfway to the 4. At the end, halve the "
        "result to get degrees.",
    ),
    "is_clock": (
        "Check the form first, two digits, a colon, two digits, and only then the values: the hour below 24 and the "
        "minute below 60. The method `isdecimal` tells whether a text consists of digits.",
        "Calling `int` before the check would raise an error for text such as 'ab'. '24:00' is not a valid time, and "
        "neither is '9:30' without its zero.",
    ),
    "duration_of_seconds": (
        "3600 seconds are an hour and 60 a minute. `divmod` returns quotient and remainder at once, so two calls "
        "split seconds into hours, minutes and seconds.",
        "Minutes and seconds are written with two digits, the hours as they are. Unlike a time of day, a duration may "
        "have more than 24 hours.",
    ),
    "seconds_of_duration": (
        "Split the text at the colons, and read from left to right: multiply what you have by 60 and add the next "
        "part. It works like reading a number in base 60.",
        "Each part is text and must go through `int`. With hours, minutes and seconds apart, the factors are 3600, 60 "
        "and 1.",
    ),
    "add_durations": (
        "Turn both durations into seconds, add, and turn the sum back. Or add part by part and carry from the seconds "
        "to the minutes and from the minutes to the hours.",
        "When carrying by hand, begin with the seconds: the minutes they bring may push the minutes over 60. The "
        "hours do not start again at 24.",
    ),
    "minutes_in_words": (
        "The quotient by 60 is the number of hours and the remainder the minutes. An f-string puts both into the text.",
        "Both parts are always written here, so 45 minutes read '0h 45m'. `divmod` computes quotient and remainder in "
        "one call.",
    ),
    "minutes_of_each": (
        "For each time, multiply the hour by 60 and add the minute. As numbers the times can be sorted, compared and "
        "subtracted.",
        "The two parts must be cut out and turned into numbers first. The result has as many members as the list of "
        "times.",
    ),
    "hour_of_each": (
        "Cut the first two characters out of each time and turn them into a number. A comprehension does this for the "
        "whole list.",
        "The results are integers, so '09:10' yields 9. The minutes are dropped and not rounded.",
    ),
    "keep_before_hour": (
        "The hour of a time is its first two characters; a time stays if this number is less than the limit.",
        "A time in the limit's own hour does not stay, not even at its first minute. The times that stay keep their "
        "order.",
    ),
    "is_leap_year": (
        "A year is a leap year if 4 divides it, but full centuries only if 400 divides them. So 2024 and 2000 are "
        "leap years, 1900 and 2023 are not.",
        "Ask in the right order: the test for 400 must come before the test for 100, or the conditions must be joined "
        "with care. `and` binds more tightly than `or`.",
    ),
    "days_in_year": (
        "A leap year has 366 days and any other 365. A conditional expression chooses between the two.",
        "The century rule is easily forgotten: 1900 has 365 days. True counts as 1 in Python, so one can also add the "
        "answer of the leap year test to 365.",
    ),
    "century_of": (
        "The years 1 to 100 form the first century, so count the full hundreds and round up. `(year + 99) // 100` "
        "rounds up without any condition.",
        "The year 2000 still belongs to century 20; the next one starts with 2001. Dividing by 100 and adding 1 would "
        "be wrong for such years.",
    ),
    "next_leap_year": (
        "Start with the following year and go on until the test for leap years succeeds. At most eight steps are "
        "needed.",
        "The search starts after the given year, even if that is a leap year itself. Jumping to the next multiple of "
        "4 is faster, but may land on a century such as 1900.",
    ),
    "leap_years_up_to": (
        "Every fourth year is one: `year // 4`. Take away the centuries and give back every fourth of these: `- year "
        "// 100 + year // 400`.",
        "Each `//` counts the multiples up to the year, including the year itself. The formula needs no loop, however "
        "late the year.",
    ),
    "days_in_month": (
        "Keep the lengths of the months in a list; month 1 is at index 0, so subtract 1. Only February depends on the "
        "year: 29 days in a leap year.",
        "Do not change the list for good when the year is a leap year. April, June, September and November have 30 "
        "days.",
    ),
    "quarter_of": (
        "Three months form a quarter, so divide by 3 and round up: `(month + 2) // 3`. Months 1 to 3 give 1, months "
        "10 to 12 give 4.",
        "`month // 3 + 1` is wrong, as March would fall into quarter 2. Months are counted from 1, not from 0.",
    ),
    "month_name": (
        "A list of the twelve names answers the question by its index. As indices start at 0 and months at 1, "
        "subtract 1.",
        "Without subtracting, January would be called February and December would raise an error. A list is shorter "
        "and clearer than twelve conditions.",
    ),
    "weekday_after": (
        "The weekdays repeat every 7 days, so only the remainder by 7 matters. It is the index into a list of names "
        "that starts with Monday.",
        "After 7 days it is Monday again, so the remainder 0 must stand for Monday. Splitting one text at its spaces "
        "saves typing seven pairs of quotation marks.",
    ),
    "year_of": (
        "In a date such as '2024-05-31' the first four characters are the year. `split` with a hyphen gives all three "
        "parts.",
        "The part is text until `int` makes it a number. Slices rely on the year having four digits.",
    ),
    "month_of": (
        "In a date such as '2024-05-31' the month stands at the indices 5 and 6. The slice ends before its second "
        "number: `[5:7]`.",
        "`int` removes the leading zero: '05' becomes 5. The hyphens have the indices 4 and 7 and must not be in the "
        "slice.",
    ),
    "day_of": (
        "In a date such as '2024-05-31' the day is what follows the second hyphen, from index 8 on.",
        "Splitting at the hyphens works as well: the day is part 2, since counting starts at 0. `int` removes a "
        "leading zero.",
    ),
    "day_first": (
        "Split at the hyphens, turn the order of the parts round, and join them with dots. No arithmetic is needed.",
        "Reversing the text itself would reverse the digits too. The parts stay text, so the leading zeros are kept.",
    ),
    "first_of_month": (
        "The first eight characters, year, month and both hyphens, stay; the day becomes '01'. Strings cannot be "
        "changed, so a new one is put together.",
        "The second hyphen is part of the slice `[:8]`. The zero belongs to the form: a day of one digit is written "
        "with two.",
    ),
    "day_of_year": (
        "Add the lengths of all months before this one and the day itself. In a leap year February has 29 days.",
        "The month itself is not yet over, so only the months before it count in full: `lengths[:month - 1]`. From "
        "March on, a leap year makes a difference of 1.",
    ),
    "days_left": (
        "Add the lengths of this month and all that follow, and take away the days that have passed. This equals the "
        "length of the year minus the day of the year.",
        "On 31 December nothing is left, so the answer is 0. Before the end of February the leap day still lies ahead.",
    ),
    "day_number": (
        "Count the days of all full years before, 365 for each plus the leap days, then the months of this year, then "
        "the day. Leap years among them are found by three divisions.",
        "Only the years before this one are complete, hence `year - 1` everywhere. The difference of two such numbers "
        "is the number of days between two dates.",
    ),
    "days_until": (
        "Give each date a number by counting days from a fixed start; the difference of the numbers is the answer. It "
        "does not matter what the start is, as it cancels out.",
        "Subtracting years, months and days apart fails, because months have different lengths. The order counts: the "
        "later date minus the earlier one is positive.",
    ),
    "weekday_of": (
        "Weekdays repeat every 7 days, so count days from a known one and take the remainder by 7. Zeller's formula "
        "does the counting: January and February are taken as months 13 and 14 of the year before, so that the leap "
        "day comes last.",
        "The list of names must start with the day that the remainder 0 stands for; in Zeller's formula it is "
        "Saturday. Check the code with a date whose weekday you know.",
    ),
    "is_weekend": (
        "Find the weekday as a number from 0 to 6 and see whether it is one of the two for Saturday and Sunday. With "
        "Zeller's formula these are 0 and 1.",
        "Which numbers stand for the weekend depends on the day from which the count starts. January and February "
        "belong to the year before in this formula.",
    ),
    "next_day": (
        "Add 1 to the day; if the month has no such day, go to day 1 of the next month, and from December to January "
        "of the next year. Then write all parts with leading zeros.",
        "Check the month before the year: 31 December passes through both. 28 February needs the leap year rule.",
    ),
    "previous_day": (
        "Subtract 1 from the day; if it becomes 0, go to the last day of the month before, and from January to 31 "
        "December of the year before.",
        "The length needed is that of the month before. 1 March leads to 28 or 29 February, depending on the year.",
    ),
    "last_of_month": (
        "The day becomes the length of the month, taken from a list; year and month stay. February takes 29 days in a "
        "leap year.",
        "Every length has two digits, so no zero needs to be put in front. The index into the list is the month minus "
        "1.",
    ),
    "is_date": (
        "First check the form, then that the month lies between 1 and 12, then that the month has such a day. Each "
        "check relies on the one before.",
        "Looking up the length of month 13 would raise an error, so the month is checked first. 29 February exists in "
        "leap years only.",
    ),
}
