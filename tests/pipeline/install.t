#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make install and uninstall; make deps where all is there and where not.
. tests/pipeline/lib.sh

# Bound to the tree as it was built: nothing is compiled here.
quiet_make() { make -s --no-print-directory BUILD="$BUILD" -o all "$@" </dev/null >"$T/out" 2>"$T/err"; }

mkdir -p "$T/root/usr/bin" "$T/root/usr/share/doc"
echo theirs >"$T/root/usr/bin/theirs"
(cd "$T/root" && find . | sort) >"$T/before"
quiet_make install DESTDIR="$T/root" PREFIX=/usr
ok $? 'install succeeds'
is "$(cat "$T/out" "$T/err")" '' 'and says nothing'

usr=$T/root/usr
for main in cmd/*/main.c; do
	tool=$(basename "$(dirname "$main")")
	[ -x "$usr/bin/$tool" ] && [ -f "$usr/share/man/man1/$tool.1" ] && [ -f "$usr/share/man/fr/man1/$tool.1" ] &&
		[ -f "$usr/share/bash-completion/completions/$tool" ] && [ -f "$usr/share/fish/vendor_completions.d/$tool.fish" ]
	ok $? "$tool: binary, manuals, completions"
done
[ -f "$usr/share/man/man5/vigie-records.5" ] && [ -f "$usr/share/man/man7/vigie.7" ] && [ -f "$usr/share/man/fr/man7/vigie.7" ]
ok $? 'pages of sections 5 and 7'
[ -f "$usr/share/zsh/site-functions/_vigie" ]
ok $? 'zsh completion'
[ -x "$usr/share/doc/vigie/examples/demo" ]
ok $? 'the demo can be run'
for unit in cmd/*/*.service cmd/*/*.target; do
	[ -f "$unit" ] || continue
	[ -f "$usr/lib/systemd/system/$(basename "$unit")" ]
	ok $? "unit $(basename "$unit")"
	! grep -q /usr/local/bin "$usr/lib/systemd/system/$(basename "$unit")"
	ok $? "and it names the place of the programs"
done

# Installed, a tool finds its catalogue beside itself.
said=$(env -u VIGIE_LOCALEDIR -u LC_ALL LANG=fr_FR.UTF-8 "$usr/bin/alarmdecode" --help)
like "$said" 'afficher' 'an installed tool speaks French'

quiet_make uninstall DESTDIR="$T/root" PREFIX=/usr
ok $? 'uninstall succeeds'
(cd "$T/root" && find . -not -type d | sort) >"$T/after"
is "$(cat "$T/after")" ./usr/bin/theirs 'nothing of ours stays, what was there stays'

# Where everything is there nothing is installed and nobody asked for root.
mkdir "$T/bin"
for word in apt-get sudo; do
	printf '#!/bin/sh\necho %s "$@" >>%s\nexit 1\n' $word "$T/called" >"$T/bin/$word"
	chmod +x "$T/bin/$word"
done
PATH=$T/bin:$PATH quiet_make deps NEEDS=sh:dash
ok $? 'deps: nothing missing'
[ ! -e "$T/called" ]
ok $? 'deps: and nobody was asked'

PATH=$T/bin:$PATH quiet_make deps NEEDS='no-such-program:such-package'
[ $? -ne 0 ] && grep -q 'install -y.* such-package' "$T/called"
ok $? 'deps: asks apt for what is missing'

# Another system: make, sh and no apt-get.
mkdir "$T/other"
for word in make sh bash id nproc find env mkdir; do ln -s "$(command -v $word)" "$T/other/$word"; done
PATH=$T/other quiet_make deps NEEDS='no-such-program:such-package sh:dash'
status=$?
[ $status -ne 0 ] && grep -q such-package "$T/err" && ! grep -q dash "$T/err"
ok $? 'deps: without apt the names are printed, and make fails'
plan_done
