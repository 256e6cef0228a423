"""Control-flow graphs, drawn as text. The drawing is explained in ``tests/drawing.py``."""

from __future__ import annotations

from tests.drawing import draw, read


def graph(text: str) -> str:
    """The graph of the first function in ``text``."""
    return draw(read(text)[1])


def test_an_exception_goes_to_the_handlers_in_turn_and_then_through_finally() -> None:
    assert (
        graph("""
            def enter():
                try:
                    check()
                except ValueError as error:
                    log(error)
                finally:
                    done()
                place()
        """)
        == """\
0 entry → 1
1 check() → 2 ! 5
2 finally 'normal' → 3
3 done() → 4 ! raised
4 place() → exit ! raised
5 except error ValueError → 6 else 8
6 assign error (caught ValueError) → 7
7 log() → 2 ! 8
8 finally 'raise' → 9
9 done() → raised ! raised
exit
raised
"""
    )


def test_boolean_operators_are_branches_and_else_of_a_loop_follows_its_end() -> None:
    assert (
        graph("""
            def enter(orders):
                for order in orders:
                    if not check(order) or skip:
                        continue
                    place(order)
                else:
                    end()
        """)
        == """\
0 entry → 1
1 iterate order orders → 2 else 6 ! raised
2 check() → 3 ! raised
3 test check() → 4 else 1
4 test skip → 1 else 5
5 place() → 1 ! raised
6 end() → exit ! raised
exit
raised
"""
    )


def test_an_operand_asks_for_what_was_not_yet_decided() -> None:
    assert (
        graph("""
            def enter(q):
                p = not q or (q := first()) or second()
        """)
        == """\
0 entry → 1
1 test (not q) → 2 else 3
2 assign p (or (not q) first() second()) → exit
3 first() → 4 ! raised
4 assign q first() → 5
5 test first() → 2 else 6
6 second() → 2 ! raised
exit
raised
"""
    )


def test_every_with_is_left_by_the_way_that_control_takes() -> None:
    assert (
        graph("""
            def enter():
                with lock, suppress(Exception):
                    return first() and second()
        """)
        == """\
0 entry → 1
1 enter lock → 2 ! raised
2 suppress() → 3 ! 10
3 enter suppress() → 4 ! 10
4 first() → 5 ! 11
5 test first() → 6 else 7
6 second() → 7 ! 11
7 return (and first() second()) → 8
8 leave suppress() → 9 ! 10
9 leave lock → exit ! raised
10 unwind lock → exit ! raised
11 unwind suppress() → 12 ! 10
12 leave lock → exit ! raised
exit
raised
"""
    )


def test_a_match_asks_its_cases_in_turn() -> None:
    assert (
        graph("""
            def enter(answer):
                match answer:
                    case {"ok": True}:
                        place()
                    case 1 | 2:
                        wait()
                    case _:
                        stop()
        """)
        == """\
0 entry → 1
1 test (and (matches answer) (is answer['ok'] True)) → 2 else 3
2 place() → exit ! raised
3 test (or (eq answer 1) (eq answer 2)) → 4 else 5
4 wait() → exit ! raised
5 stop() → exit ! raised
exit
raised
"""
    )


def test_an_endless_loop_has_no_way_past_it() -> None:
    assert (
        graph("""
            def run():
                while True:
                    tick()
                place()
        """)
        == """\
0 entry → 1
1 pass → 2
2 tick() → 1 ! raised
exit
raised
"""
    )


def test_a_comprehension_is_a_loop() -> None:
    assert (
        graph("""
            def run(orders):
                return [place(order) for order in orders if check(order)]
        """)
        == """\
0 entry → 1
1 iterate order orders → 2 else 5 ! raised
2 check() → 3 ! raised
3 test check() → 4 else 1
4 place() → 1 ! raised
5 return (comprehension place() orders check()) → exit
exit
raised
"""
    )


def test_a_chained_comparison_asks_for_its_last_part_only_if_the_first_holds() -> None:
    assert (
        graph("""
            def enter():
                if low() < size() < high():
                    place()
        """)
        == """\
0 entry → 1
1 low() → 2 ! raised
2 size() → 3 ! raised
3 test (lt low() size()) → 4 else 5
4 high() → 5 ! raised
5 test (and (lt low() size()) (lt size() high())) → 6 else exit
6 place() → exit ! raised
exit
raised
"""
    )


def test_the_targets_of_an_assignment_are_evaluated_after_its_value_from_left_to_right() -> None:
    assert (
        graph("""
            def enter():
                first()[0] = second()[0] = value()
        """)
        == """\
0 entry → 1
1 value() → 2 ! raised
2 first() → 3 ! raised
3 second() → 4 ! raised
4 assign first()[0] value() → 5
5 assign second()[0] value() → exit
exit
raised
"""
    )


def test_what_the_target_of_a_loop_or_a_with_calls_is_called_each_time() -> None:
    assert (
        graph("""
            def enter():
                for book()[0] in orders:
                    with lock as held()[0]:
                        pass
        """)
        == """\
0 entry → 1
1 iterate book()[0] orders → 2 else exit ! raised
2 book() → 3 ! raised
3 enter held()[0] lock → 4 ! raised
4 held() → 5 ! 6
5 leave lock → 1 ! raised
6 unwind lock → 1 ! raised
exit
raised
"""
    )


def test_each_except_star_may_catch_its_part_and_what_is_left_goes_on() -> None:
    assert (
        graph("""
            def enter():
                try:
                    work()
                except* ValueError:
                    first()
                except* KeyError:
                    second()
                place()
        """)
        == """\
0 entry → 1
1 work() → 2 ! 3
2 place() → exit ! raised
3 except ValueError → 4 else 10
4 first() → 5 ! 8
5 except KeyError → 6 else 7
6 second() → 7 ! raised
7 test (unknown) → 2 else raised
8 except KeyError → 9 else raised
9 second() → raised ! raised
10 except KeyError → 11 else raised
11 second() → 7 ! raised
exit
raised
"""
    )


def test_nested_finally_does_not_explode() -> None:
    depth = 40
    lines = ["def run():"]
    lines += ["    " * (level + 1) + "try:" for level in range(depth)]
    lines.append("    " * (depth + 1) + "work()")
    for level in reversed(range(depth)):
        lines += ["    " * (level + 1) + "finally:", "    " * (level + 2) + "tidy()"]
    assert len(read("\n".join(lines))[1].nodes) < 10 * depth
