pytest_plugins = ["tests.code_blocks", "pytester"]
