"""What the browser sends of a criteria set's form."""

from relationships.core.criteria_form import Lines, lines_of


def inputs(lines: Lines) -> dict[str, str]:
    found = {
        "cut.attractiveness": lines.cut_attractiveness,
        "cut.relationship": lines.cut_relationship,
        "cut.basis": lines.basis,
    }
    for axis in ("attractiveness", "relationship"):
        for place, line in enumerate(lines.axis(axis)):
            start = f"{axis}[{place}]."
            found |= {start + key: getattr(line, key) for key in ("code", "name", "weight", "kind", "measure")}
            found |= {f"{start}anchors.{score}": line.anchors.get(score, "") for score in range(11)}
            for number, point in enumerate(line.scale):
                found |= {f"{start}scale[{number}].value": point.value, f"{start}scale[{number}].score": point.score}
    return found


def sent(row, do: str = "save", **changes: str) -> dict[str, str]:
    """The form of a draft as it is stored, but for these inputs."""
    row.refresh_from_db()
    day = row.valid_from.isoformat() if row.valid_from else ""
    return inputs(lines_of(row.document)) | {"revision": str(row.revision), "do": do, "valid_from": day} | changes
