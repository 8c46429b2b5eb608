# Everything is in make.py, which runs on Windows too; these are its short names.
PYTHON ?= python3

.PHONY: serve site test outputs style lock
serve site test outputs style lock:
	@$(PYTHON) make.py $@ $(ARGS)
