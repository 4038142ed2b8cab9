"""Exports handed in at `/admin/import/`: kept on disk, looked into by a dry run, brought in on their owner's word.

All of it is done by the worker, by the same code as the commands; what came of it stays to be read.
"""
