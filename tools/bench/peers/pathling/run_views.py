"""Runs ViewDefinitions with Pathling over NDJSON; the last line of standard output is one JSON object.

usage: run_views.py <folder>
The folder holds <Type>.ndjson and views.json: an object of ViewDefinitions by name.
"""

import json
import sys
import time
from pathlib import Path

from pathling import PathlingContext
from pyspark.sql import Observation
from pyspark.sql.functions import count, lit


def cpu_seconds(spark):
    """What the Java process has used so far: the work is done there."""
    used = spark._jvm.java.lang.ProcessHandle.current().info().totalCpuDuration()
    return used.get().toNanos() / 1e9


def measure(spark, source, folder, name, view):
    with open(folder / f"{view['resource']}.ndjson", "rb") as lines:
        resources = sum(1 for _ in lines)
    table = source.view(json=json.dumps(view))
    # Compiling the plan is no part of what is measured.
    table.limit(1_000).write.format("noop").mode("overwrite").save()
    counted = Observation()
    every = table.observe(counted, count(lit(1)).alias("rows"))
    cpu, started = cpu_seconds(spark), time.monotonic()
    # Every row is made, and written nowhere.
    every.write.format("noop").mode("overwrite").save()
    seconds, cpu = time.monotonic() - started, cpu_seconds(spark) - cpu
    rows = counted.get["rows"]
    return {"view": name, "resources": resources, "rows": rows, "seconds": seconds, "cpuSeconds": cpu}


def main(folder):
    context = PathlingContext.create()
    source = context.read.ndjson(f"file://{folder}")
    views = json.loads((folder / "views.json").read_text())
    results = [measure(context.spark, source, folder, name, view) for name, view in views.items()]
    threads = context.spark.sparkContext.defaultParallelism
    print(json.dumps({"version": context.version(), "threads": threads, "results": results}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
