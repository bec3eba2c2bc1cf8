#!/usr/bin/env bash
# cppcheck, clang-tidy (.clang-tidy) and the web client's own check; every finding fails. usage: tests/lint.sh BUILD
set -u
cd "$(dirname "$0")/.."
build=$1
status=0
mapfile -t program < <(git ls-files 'media/*.c' 'classroom/*.c' 'attendance/*.c' 'signaling/*.c')
mapfile -t tests < <(git ls-files 'tests/*.c')

step() {  # NAME COMMAND...: its output only when it fails
	local name=$1 out start=$SECONDS
	shift
	if out=$("$@" 2>&1); then
		printf '%-11s clean  %3d s\n' "$name" $((SECONDS - start))
	else
		status=1
		printf '%-11s found:\n%s\n' "$name" "$out"
	fi
}

tidy() {  # the program only: cmocka's asserts do not return, which the analyzer cannot know
	printf '%s\0' "${program[@]}" | xargs -0 -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet \
		--extra-arg=-Wno-unknown-warning-option 2>&1 | grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^$' ; return "${PIPESTATUS[1]}"
}

# uninitvar: cppcheck 2.10 does not see an array filled before it is read; gcc and clang-tidy watch over that.
step cppcheck cppcheck --quiet --error-exitcode=1 -j "$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr \
	--suppress=missingInclude --suppress=missingIncludeSystem --suppress=unmatchedSuppression --suppress=uninitvar --suppress=readdirCalled --suppress=arrayIndexThenCheck \
	--include=/usr/include/uthash.h --include=/usr/include/utlist.h --include=/usr/include/jansson.h \
	--library=posix,gnu,gtk -D_GNU_SOURCE -I . "${program[@]}" "${tests[@]}"
step clang-tidy tidy
step web-client npm --prefix web-client --silent run lint
exit $status
