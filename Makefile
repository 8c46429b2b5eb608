# Everything is in make.py, which runs on Windows too; these are its short names.
PYTHON ?= python3

.PHONY: serve site test exercises check outputs style lock matrix audit benchmark
serve site test exercises check outputs style lock matrix audit benchmark:
	@$(PYTHON) make.py $@ $(ARGS)
