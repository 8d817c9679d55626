#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# hardening.sh WORDS FILE=FUNCTION…: each file, a module or a program, has what the words say: relro, now,
# stack-protector, fortify, cet. What no compiler has to be asked for (a position-independent file, no
# executable stack) is looked at, too. FUNCTION is one of its own, whatever the linker adds.
# Exit code 77: the tools are not there.
set -uo pipefail
words=" $1 "
shift
for tool in readelf objdump; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed: nothing is checked"; exit 77; }
done
failed=0

# check WORD DESCRIPTION PATTERN TEXT
check() {
  [[ $words == *" $1 "* ]] || return 0
  grep -qE -- "$3" <<<"$4" || { echo "$file: no $2"; failed=1; }
}

words+='always '
for argument; do
  file=${argument%=*}
  segments=$(readelf --wide --segments "$file")
  dynamic=$(readelf --wide --dynamic "$file")
  symbols=$(readelf --wide --dyn-syms "$file")
  code=$(objdump --disassemble="${argument##*=}" "$file")
  check always 'position-independent code' '^Elf file type is DYN' "$segments"
  check always 'stack that is not executable' 'GNU_STACK .* RW +0x' "$segments"
  check relro 'RELRO' 'GNU_RELRO' "$segments"
  check now 'BIND_NOW' '\(FLAGS_1\).*NOW' "$dynamic"
  check stack-protector 'stack protector' '__stack_chk_fail' "$symbols"
  check fortify '_FORTIFY_SOURCE' '__[a-z]+_chk(@|$)' "$symbols"
  check cet 'control-flow protection (CET)' 'endbr(32|64)' "$code"
done
exit "$failed"
