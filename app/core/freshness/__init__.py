"""How a change reaches every process: told in the writer's transaction, heard before the next cached answer."""
