#!/usr/bin/env bash
# Every check of the project, from nothing: makes the same environment as run.py, then runs the part that was asked for.
# The parts of one run do not stop each other: one run shows all problems, and the exit code is 1 when there was any.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 1

usage() {
    cat <<'TEXT'
Usage: ./test_runner.sh [lint|unit|integration|e2e|frontend|all] [pytest arguments]

  lint         ruff and mypy --strict
  unit         Python tests that need nothing but Python
  integration  Python tests against a real MongoDB: a private one, or MONGO_URL when it is set
  e2e          the whole console in a real browser (Debian's chromium)
  frontend     type check, lint, unit tests and build of the browser pages, and the weight of what is built
  all          everything, with coverage (at least 85 % of lines and branches); the default

Arguments after the part go to pytest, for example: ./test_runner.sh unit -k masking -x
With CI=true a test that is skipped for a missing service or browser is a failure.
PYTHON names the Python that makes the environment (default: python3).
AIRSENAL_TEST_DATA names a folder that keeps the installed AIrsenal of the e2e part between runs.
TEXT
}

part=all
case "${1:-}" in
    -h | --help | help) usage; exit 0 ;;
    lint | unit | integration | e2e | frontend | all) part=$1; shift ;;
    "" | -*) ;;
    *) echo "test_runner.sh: there is no part '$1'." >&2; usage >&2; exit 2 ;;
esac

PYTHON=${PYTHON:-python3}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
summary=()      # one line a step, in order
skipped=()      # what was not done, and why
closing=()      # pytest's own last lines
declare -A lanes=()     # pids of what runs beside
failed=0
colour=no       # pytest writes into a pipe here, so it cannot tell by itself
if [[ -t 1 ]]; then colour=yes; fi

# step NAME COMMAND...: runs it, keeps its outcome for the summary, never stops the run.
step() {
    local name=$1 began=$SECONDS code
    shift
    printf '\n=== %s\n' "$name"
    "$@"
    code=$?
    if ((code == 0)); then
        summary+=("$(printf 'ok      %-28s %4d s' "$name" $((SECONDS - began)))")
    else
        summary+=("$(printf 'FAILED  %-28s %4d s  (exit code %d)' "$name" $((SECONDS - began)) "$code")")
        failed=1
    fi
    return "$code"
}

skip() {
    skipped+=("$1: $2")
    summary+=("$(printf 'skipped %-28s         %s' "$1" "$2")")
    if [[ ${CI:-} == true ]]; then
        failed=1
    fi
}

# pytest_step NAME ARGUMENTS...: output goes to the screen and is read again for skips and the closing line.
pytest_step() {
    local name=$1 log="$work/pytest ${1}"
    shift
    run_pytest() {
        .venv/bin/python -m pytest --color="$colour" "$@" 2>&1 | tee "$log"
        local code=${PIPESTATUS[0]}
        # 5: nothing was collected. A run that checks nothing has not passed, unless a filter was given on purpose.
        if ((code == 5)) && ((${#pytest_arguments[@]} > 0)); then code=0; fi
        return "$code"
    }
    step "$name" run_pytest "$@"
    local line
    while IFS= read -r line; do
        skipped+=("$name: ${line#SKIPPED }")
    done < <(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep '^SKIPPED ')
    closing+=("$(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '^(=+ )?[0-9].* in [0-9.]+s' | tail -1)")
}

have_browser() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

lint() {
    step "ruff" .venv/bin/ruff check .
    step "mypy --strict" .venv/bin/mypy
}

frontend() {
    frontend_build && frontend_checks
}

frontend_build() {
    if ! step "Node and browser packages" "$PYTHON" run.py --prepare node; then
        skipped+=("frontend checks: their packages could not be installed")
        return 1
    fi
    step "frontend build" "$PYTHON" run.py --prepare pages
}

frontend_checks() {
    # The wheel's Node when the system has none that fits; the folder exists only then.
    local path="$PWD/.venv/node-bin:$PATH" script
    for script in budget typecheck lint test; do
        step "frontend $script" env PATH="$path" npm --prefix frontend run "$script"
    done
}

# beside LANE COMMAND...: runs it beside what follows, up to `join LANE`, where its output and summary come.
beside() {
    local lane=$1
    shift
    (
        summary=() skipped=() closing=() failed=0
        "$@"
        printf 'lane_summary=(%s)\nlane_skipped=(%s)\nlane_closing=(%s)\nlane_failed=%d\n' \
            "${summary[*]@Q}" "${skipped[*]@Q}" "${closing[*]@Q}" "$failed" >"$work/lane.$lane"
    ) >"$work/lane.$lane.log" 2>&1 &
    lanes[$lane]=$!
}

join() {
    local lane=$1 lane_summary=() lane_skipped=() lane_closing=() lane_failed=1
    wait "${lanes[$lane]}"
    cat "$work/lane.$lane.log"
    # shellcheck source=/dev/null
    source "$work/lane.$lane"
    summary+=("${lane_summary[@]}")
    skipped+=("${lane_skipped[@]}")
    closing+=("${lane_closing[@]}")
    if ((lane_failed)); then failed=1; fi
}

# covered PART NAME ARGUMENTS...: a pytest step that leaves its coverage in a place of its own.
covered() {
    local part=$1 name=$2
    shift 2
    mkdir "$work/$part"
    COVERAGE_FILE="$work/$part/.coverage" pytest_step "$name" "$@" --durations=10 \
        --cov --cov-branch --cov-report= "${pytest_arguments[@]}"
}

coverage() {
    local least=85 measured=("$work"/*/.coverage)
    if ((${#pytest_arguments[@]} > 0)); then
        least=0
        skipped+=("coverage of at least 85 %: pytest arguments were given, so some tests may be left out")
    fi
    measure() {
        .venv/bin/coverage combine --quiet "${measured[@]}" && .venv/bin/coverage report --fail-under="$least"
    }
    step "coverage" measure
}

# The integration tests that are all work and no waiting, and those of programs in processes of their own: two lanes of
# about the same length, of which one has the checks without a database before it.
integration=backend/tests/integration
second=("$integration"/test_{fuzz,console_process,run_py,embedded_mongo,dev_mode,airsenal_pack_install}.py)

# A browser test that mostly installs: the lane of the others is the longest.
newcomer=backend/tests/e2e/test_first_run.py

quick() {
    lint
    if [[ -n ${pages:-} ]]; then frontend_checks; fi
    covered unit "unit tests" backend/tests/unit --output="$work/unused-unit"
    covered second "integration tests, part 2" "${second[@]}" --output="$work/unused-second"
}

pytest_arguments=("$@")
if ! step "environment" "$PYTHON" run.py --prepare tests; then
    printf '\nNothing could be checked: the environment could not be made (see above).\n' >&2
    exit 1
fi

case $part in
    lint) lint ;;
    unit | integration) pytest_step "$part tests" "backend/tests/$part" "${pytest_arguments[@]}" ;;
    frontend) frontend ;;
    e2e)
        step "frontend build" "$PYTHON" run.py --prepare pages
        have_browser || skip "browser tests" "no chromium here (sudo apt install chromium)"
        pytest_step "e2e tests" backend/tests/e2e "${pytest_arguments[@]}"
        ;;
    all)
        have_browser || skip "browser tests" "no chromium here (sudo apt install chromium)"
        rm -f .coverage .coverage.*
        # Integration and browser tests wait more than they work: three lanes keep two processors busy.
        frontend_build && pages=made
        if [[ -n ${pages:-} ]]; then
            # Without coverage, which the others have enough of: it slows the consoles that are watched.
            beside browser pytest_step "browser tests" backend/tests/e2e --ignore="$newcomer" --durations=10 \
                "${pytest_arguments[@]}"
        else
            skipped+=("browser tests: there are no pages")
        fi
        beside quick quick
        # Playwright's plugin empties its folder when it starts: the browser tests' own must be another.
        covered first "integration tests, part 1" "$integration" "${second[@]/#/--ignore=}" --output="$work/unused-first"
        if [[ -n ${pages:-} ]]; then
            pytest_step "from a fresh clone" "$newcomer" --output="$work/unused-newcomer" "${pytest_arguments[@]}"
        fi
        join quick
        if [[ -n ${pages:-} ]]; then join browser; fi
        coverage
        ;;
esac

printf '\n=== Summary of ./test_runner.sh %s\n' "$part"
printf '%s\n' "${summary[@]}"
if ((${#skipped[@]} > 0)); then
    printf 'Skipped:\n'
    printf '  %s\n' "${skipped[@]}"
else
    printf 'Nothing was skipped.\n'
fi
if ((${#closing[@]} > 0)); then printf '%s\n' "${closing[@]}"; fi
exit "$failed"
