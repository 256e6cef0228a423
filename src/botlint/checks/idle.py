"""Role patterns of the settings that nothing in the program answers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botlint.checks.roots import words_in
from botlint.patterns import Pattern, matches_name, normalise_name, normalise_segment, parse_pattern
from botlint.project import Project


def find_idle_patterns(
    project: Project, patterns: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, str], ...]:
    """The (role, pattern) of ``patterns``, by role, that match no call and no name."""
    asked = [
        (role, parse_pattern(text)) for role, texts in sorted(patterns.items()) for text in texts
    ]
    waiting = [(role, one) for role, one in asked if not _is_called(project, one)]
    if not waiting:
        return ()
    names = {normalise_name(name) for name in _names(project)}
    return tuple(
        (role, one.text)
        for role, one in waiting
        if not any(matches_name(one, name) for name in names)
    )


def _is_called(project: Project, pattern: Pattern) -> bool:
    last = pattern.segments[-1]
    for segment in project.program.segments():
        if "*" not in last and normalise_segment(segment) != last:
            continue
        for ref, number in project.program.calls_named(segment):
            names = project.program.names(ref, number)
            if any(matches_name(pattern, normalise_name(name)) for name in names):
                return True
    return False


def _names(project: Project) -> Iterator[str]:
    program = project.program
    for ref in program.functions():
        function = program.function(ref)
        yield program.qualified(ref)
        values = [node.value for node in function.nodes if node.value is not None]
        targets = [node.target for node in function.nodes if node.target is not None]
        yield from (word for word in words_in([*values, *targets], function.calls) if word)
    for cls in program.classes():
        yield program.qualified_class(cls)
