"""Processes that train, begun within a fraction of a second: all that a run loads on its way is loaded once."""

import multiprocessing

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    ["torch._dynamo", "charplay.training.trainer", "charplay.training.session_factory", "charplay.training.finalize",
     "charplay.training.optimizers.muon", "charplay.cli.train", "charplay.cli.reporting", "charplay.cli.host",
     "charplay.server.hosting", "charplay.server.launching", "charplay.recipes.layers", "charplay.corpora.library",
     "charplay.runs.store", "charplay.formatting.sanitize", "typer", "torture_kills", "torture_clients",
     "torture_hosts"]
)  # fmt: skip
