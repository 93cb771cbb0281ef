# `make demo` shows the main job, `make test` runs the whole gate; both set themselves up in .venv.
# A recipe stops at its first failing line.

OUT := build/demo
POLICY := policies/tax_credit
CREDITDSL := .venv/bin/creditdsl

.PHONY: demo test static tests clean

demo:
	@.ci/prepare run
	@rm -rf $(OUT) && mkdir -p $(OUT)
	@echo "== compile the policy" && $(CREDITDSL) compile $(POLICY) --period 2020 --as-of 2021-04-30 --target python -o $(OUT)/tax_credit.py
	@echo "== make a city of taxpayers: facts only" && .venv/bin/python $(POLICY)/make_city.py $(OUT)/city --seed 2019
	@echo "== score it" && $(CREDITDSL) score $(POLICY) $(OUT)/city -o $(OUT)/scored --period 2020 --as-of 2021-04-30
	@echo "== publish the documents of every policy" && $(CREDITDSL) docs policies -o $(OUT)/docs
	@echo
	@echo "Look at:"
	@echo "  $(OUT)/tax_credit.py       the policy as one Python module without dependencies"
	@echo "  $(OUT)/scored/             results, findings, measures and rejects of every taxpayer"
	@echo "  $(OUT)/docs/index.html     all policies and their published documents: open it in a browser"

test:
	@.ci/prepare gate
	.venv/bin/ruff format --check creditdsl grammar policies tests
	.venv/bin/ruff check creditdsl grammar policies tests
	@$(MAKE) --no-print-directory -j 2 static tests

static:
	.venv/bin/mypy
	.venv/bin/lint-imports

tests:
	.venv/bin/pytest -n 3 --dist loadgroup -q --durations 20

clean:
	rm -rf build dist .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
