"""The measurements of `benchmarks/batch.py` as a page."""

from typing import Any


def page(found: dict[str, Any]) -> str:
    """Returns the measurements as Markdown.

    Args:
        found: What `measured` returned.
    """
    loops, last = found["loops"], found["runs"][-2]
    images = sum(one["images"] for one in loops)
    plain = images / sum(one["seconds"] for one in loops)
    versions = ", ".join(f"{k} {v}" for k, v in found["versions"].items())
    rows = [
        f"| plain loop, {one['images']:,} images, {when} | "
        f"{one['images'] / one['seconds']:.0f} | "
        f"{one['images'] / one['seconds'] / plain:.2f} | {one['peak']:.0f} |"
        for one, when in zip(loops, ("before", "after"), strict=True)
    ]
    for one in found["runs"]:
        noun = "process" if one["processes"] == 1 else "processes"
        rows.append(
            f"| `batch`, {one['images']:,} images, {one['processes']} {noun} | "
            f"{one['a_second']:.0f} | {one['a_second'] / plain:.2f} | "
            f"{one['peak']:.0f} |"
        )
    summary, dead = found["summary"], found["killed"]
    return "\n".join(
        [
            "# What explaining many images costs",
            "",
            "Written by `benchmarks/batch.py`: drawn animals of "
            f"{found['size']} x {found['size']} pixels ({found['drawn']:,} "
            "drawn, the same ones again under other names), batches of "
            f"{found['batch']}, shards of {found['shard']}, {found['cores']} "
            f"cores ({found['machine']}), {versions}. Seconds of both begin "
            "before the model is loaded. Other work may share the machine: "
            "only the ratio to both loops together counts, and how far these "
            "are apart.",
            "",
            "| | images a second | of the loop's | peak memory, MiB |",
            "| --- | ---: | ---: | ---: |",
            *rows,
            "",
            "Peak memory is that of the largest process. "
            f"`batch-summary` of {last['images']:,} images took "
            f"{summary['seconds']:.0f} s and {summary['peak']:.0f} MiB.",
            "",
            f"A run over {dead['images']:,} images in {dead['shards']} shards "
            "was killed by SIGKILL when "
            f"{', '.join(map(str, dead['killed_at']))} shards were done, and "
            f"started again each time: {dead['lost']} images lost, "
            f"{dead['doubled']} doubled; its answers differ by at most "
            f"{dead['difference']:.1g} from those of a run that was not "
            "killed.",
        ]
    )
