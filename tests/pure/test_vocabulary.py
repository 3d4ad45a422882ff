"""Every word that a terms file may use has a function behind it, and every function a word."""

from chalicelib.billing import engine, fees
from chalicelib.contracts import application, functions, owing, tasks, vocabulary


def test_the_words_are_the_functions():
    assert set(vocabulary.STEPS) == set(engine.STEPS)
    assert set(vocabulary.FEES) == set(fees._LINES) == set(fees._NEXT)
    assert set(vocabulary.CHECKS) == set(application._CHECKS)
    assert set(vocabulary.CONDITIONS) == set(owing._CONDITIONS)
    assert set(vocabulary.FUNCTION_NEEDS) == set(functions._NEEDS)
    assert set(vocabulary.WAITS) == set(tasks.WAITS)
