"""Lists the sentence templates of the corpus by kind of document.

A kind is a list of beats, and each beat is a choice of templates. A document takes one template of
each beat, in order. A slot whose name ends in a digit keeps its value for the whole document, so
that names, places and things recur and pronouns have someone to refer to. Every other slot gets a
new value each time.
"""

from __future__ import annotations

Beat = tuple[str, ...]

MEETING: list[Beat] = [
    (
        "{name1} and {name2} went to the {place1} on {day1}.",
        "On {day1} {part_of_day1}, {name1} met {name2} at the {place1}.",
        "When {name1} and {name2} went to the {place1}, {name1} gave a {thing1} to {name2}.",
        "{name1} {met} {name2} near the {adjective} {place1}.",
    ),
    (
        "{He1} had a {adjective1} {thing1} with {him1}, and {name2} liked it very much.",
        "{name1} {actioned} the {thing1} because {he1} liked {his1} {family}.",
        "{name2} had lost {his2} {thing1}, so {name1} helped {him2} to find it.",
        "{name1} told {name2} that {he1} wanted to {action} the {adjective1} {thing1}.",
    ),
    (
        'Then {name2} said, "I like your {thing1}, {name1}."',
        '"Where did you {action} this {thing1}?" {name2} asked {name1}.',
        '{name1} said to {name2}, "Please {action} the {thing1} for me."',
        '"I do not know," said {name2}, "but we can ask at the {place1}."',
    ),
    (
        "{name1} smiled because {he1} was {mood}, but {name2} was {mood} and {rested} alone.",
        "After that, {name2} gave {his2} {thing2} to {name1}, and {he1} thanked {him2}.",
        "{He2} {adverb} {moved} to the {place2} and {actioned} the {thing1} there.",
        "{name2} was {mood} when {he2} saw that {name1} had {his1} {thing1} again.",
    ),
    (
        "In the end, {name1} and {name2} left the {place1} and went home.",
        "When {name1} and {name2} left the {place1}, {name2} gave the {thing1} to {name1}.",
        "{name1} would never forget the {adjective1} {thing1}.",
        "The {thing1} stayed at the {place1}, and {name2} did not see it again.",
    ),
]

SHOPPING: list[Beat] = [
    (
        "{name1} went to the {place1} to buy {groceries1}, {groceries2} and {foods1}.",
        "At the {place1}, {he1} bought {foods1}, {foods2}, {foods3}, and {groceries1}.",
        "I went to the store. At the store, I bought fresh {foods1}.",
        "I went to the {place1}. At the {place1}, I bought {adjective} {foods1} and {foods2}.",
    ),
    (
        "At the store, {he1} bought {foods1}, {foods2}, {foods3}, and {groceries1}.",
        "{name1} bought {number1} {foods1}, {number2} {foods2} and {number3} {foods3}.",
        "{He1} put the {foods1}, the {foods2} and the {foods3} into {his1} {thing1}.",
        "The {foods1} were {adjective}, the {foods2} {adjective}, and the rest was {adjective}.",
    ),
    (
        '"How much are the {foods1}?" {he1} asked. "They are {number1} coins," the {job1} said.',
        "The {job1} sold {him1} the {foods2} for {number2} coins, and the {foods1} for {number1}.",
        "{He1} did not buy any {foods3} because they were too expensive.",
    ),
    (
        "At home, {name1} made a {adjective} {food} soup with {foods1}, {foods2} and {groceries1}.",
        "{His1} {family} ate the {foods1} and the {foods2} in the kitchen.",
        "Then {he1} went home with the {foods1}, the {foods2} and the {foods3}.",
    ),
]

ANIMALS: list[Beat] = [
    (
        "The {animal1} sat on the {surface1}.",
        "The {animal1} lay on the {surface1}.",
        "The {animal1} on the {vehicle1} ran.",
        "The {animal1} and the {animal2} lived near the {place1}.",
        "A {adjective1} {animal1} and a {adjective2} {animal2} had a race to the {place1}.",
        "The quick, {color1} {animal1} jumps over the lazy {animal2}.",
    ),
    (
        "The {animal1} quickly hopped, and the {animal2} slowly crawled.",
        "The {animal1} {adverb} {moved}. The {animal2} {adverb} {moved}.",
        "The {animal1} did not cross the {place1} because it was too {mood}.",
        "The {animal1} didn't cross the {place1} because it was too {size}.",
    ),
    (
        "The {animal2} {rested} {preposition} the {surface2} while the {animal1} {rested}.",
        "The {animals} are {adjective}, but the {animal2} is {adjective2}.",
        '"You are too slow," the {animal1} said to the {animal2}.',
        "The {animal1} chased the {animal2}, and the {animal2} {moved} to the {place1}.",
    ),
    (
        "The {animal2} lay on the {surface1}, and the {animal1} sat on the {surface2}.",
        "The {animal2} won the race because the {animal1} {adverb} {rested} near the {place1}.",
        "After the race, the {adjective1} {animal1} was {mood}.",
        "Time flies like an arrow, and {animals} fly like a {food}.",
    ),
]

WORK: list[Beat] = [
    (
        "The {job1} asked the {job2} a question.",
        "The {job1} worked with the {job2} at the {place1}.",
        "The {job1} {met} the {job2} because {he1} needed help.",
        "My {family1} is a {job1}, and {his1} {family2} is a {job2}.",
    ),
    (
        "{He1} said that {he1} did not know the answer.",
        "{He1} asked the {job2} a question about the {thing1}.",
        '"Can you help me?" {he1} asked. "Yes, I can," the {job2} answered.',
        "The {job2} told the {job1} that the {thing1} was in the {place2}.",
    ),
    (
        "Many {jobs} like to {action} {things} and {meet} {jobs}.",
        "The {job1} {actioned} the {thing1}, and the {job2} {actioned} the {thing2}.",
        "The {thing1} of the {job1} is made of {material1}, not of {material2}.",
        "The keys to the {thing1} are on the {surface1}, and the {thing2} is under the {surface2}.",
    ),
    (
        "The {job2} thanked the {job1} because {he1} had {actioned} the {thing1}.",
        "In {year1}, the {job1} became a {job3} and {moved} to the {place3}.",
        "The {job2} was {mood}, but the {job1} was {mood}.",
        "The {thing1} did not fit in the {thing2} because it was too {size}.",
    ),
]

FACTS: list[Beat] = [
    (
        "The capital of {country1} is {capital1}.",
        "{capital1} is the capital of {country1}.",
        "{name1} lives in {capital1}, the capital of {country1}.",
        "{name1} was born in {country1} in {month1} {year1}.",
    ),
    (
        "The capital of {country2} is {capital2}, and the capital of {country1} is {capital1}.",
        "People in {country2} like {foods1}, {foods2} and {groceries1}.",
        "In {month1}, the weather in {capital1} is {weather1}, and in {month2} it is {weather2}.",
        "In {season1}, many people travel from {country1} to {country2} by {vehicle1}.",
    ),
    (
        "{name1} went from {capital1} to {capital2} on the {ordinal} of {month1}.",
        "The {place1} of {capital1} is {adjective} and was built in {year1}.",
        "There are {number} {places} in the {direction} of {capital2}.",
        "The road from {capital1} to {capital2} is long, but {name1} took the {vehicle1}.",
    ),
    (
        "It was a {weather1} {part_of_day} in {capital2}.",
        "Later, {name1} came back to {country1} because {he1} liked {capital1}.",
        "So {name1} studied {subject1} in {country2} and {subject2} in {country1}.",
    ),
]

IDEAS: list[Beat] = [
    (
        "{name1} studies {subject1} and {subject2} at school.",
        "The {part1} of a {part2} is a {part3} of the {part4}.",
        "This is an example of a {part1} that we use in {subject1}.",
        "What is a {part1}? A {part1} is a {adjective} kind of {part2}.",
    ),
    (
        "Each {part1} has {number1} {parts} and {number2} {parts}.",
        "The model gives more weight to the {part1} than to the {part2}.",
        "If the {part1} is {size}, then the {part2} is not {size}.",
        "A language model reads each word of the sentence and then gives the next word.",
    ),
    (
        "The {ordinal} layer of the network looks at the {part1}, the next layer at the {part2}.",
        "We can see the {part1} in the {part2}, which is both {adjective} and {adjective}.",
        "People who know {subject1} should also know about the {parts} of the {part1}.",
        "It is not true that every {part1} needs a {part2}, but some of them do.",
    ),
    (
        "However, there are other {parts}, such as the {part1} and the {part2}.",
        "That is why the {part1} is so important for {subject1}.",
        "These {parts} could be {adjective}, or they may be {adjective}.",
    ),
]

SCENERY: list[Beat] = [
    (
        "It was a {weather1} {part_of_day1} in {season1}, and the {place1} was {adjective1}.",
        "The {adjective1} {thing1} {rested} {preposition} the {adjective2} {surface1}.",
        "There was a {adjective1} {color1} {thing1} {preposition} the {place1}.",
        "Every {day1}, {number1} {animals} {moved} {preposition} the {place1}.",
    ),
    (
        "The {adjective} {job} was {resting} {preposition} the {adjective} {thing}.",
        "The {adjective} {things} and the {adjective} {things} were {preposition} the {place1}.",
        "{name1} {adverb} {actioned} the {adjective1} {thing1} made of {material1}.",
        "The {jobs} were {moving} {preposition} the {places} all {part_of_day}.",
    ),
    (
        "A {adjective} {family} is {moving} to the {direction} {preposition} the {place2}.",
        "Nobody was {meeting} the {job}, and nobody was {actioning} the {color1} {thing1}.",
        "{His1} {color1} {thing1} was {adjective1}, like the {things} of {his1} {family}.",
        "Some {animals} can {move} and {rest}, and some {jobs} can {action} {things}.",
    ),
    (
        "The {weather1} {part_of_day1} was over, and the {place1} was {adjective} again.",
        "At last, the {color1} {thing1} was in the {place2}.",
        "Would you like to {action} it, or would you {move} {preposition} the {place2}?",
    ),
]

TALK: list[Beat] = [
    (
        '"{greeting}, {person1}!" said the {person2}. "How are you {when}?"',
        "{greeting}, my name is {name1}, and this is {possessive} {family1}.",
        "Once upon a time there was a {adjective1} {person1} who lived in a {place1}.",
        "I think that {possessive} {family1} has been to the {place1} more than {number} times.",
    ),
    (
        "The {person1} came to {possessive} house and asked for a {thing1}.",
        "I can't go to the {place1} {when}, because I don't have {possessive} {thing1}.",
        "We have never seen such a {adjective1} {person1} in {possessive} {place1}.",
        "Do you think they will {action} {possessive} {thing1} {when}?",
    ),
    (
        "{possessive} {family1} doesn't {meet} any of those {people}, but I do.",
        "Let me tell you about the {people} of this {place1} and their {things}.",
        "If you {action} the {thing1}, I will {action} {possessive} {things} too.",
        "Which {thing1} is yours, the {color1} one or the {color2} one?",
    ),
    (
        "I hope to {meet} you and {possessive} {family} {when}!",
        "Nothing was as {adjective} as the {adjective1} {thing1} of that {person2}.",
        "We were {mood}, for the {people} had done what they said they would do.",
    ),
]

KINDS: list[list[Beat]] = [MEETING, SHOPPING, ANIMALS, WORK, FACTS, IDEAS, SCENERY, TALK]
