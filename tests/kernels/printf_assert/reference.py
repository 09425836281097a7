"""What is printed goes to the standard output: tests/integration/corpus_test.py looks for it."""


def make(case):
    x = case.random("x", "s32", [64], 26, -99, 99)
    case.zeros("doubled", "s32", [64])
    case.expect("doubled", [2 * value for value in x])
    case.launch("printf_assert", [1], [64], ["x", "doubled"])
