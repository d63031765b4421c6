# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for all tools of vigie; installed under the name of each.
# The tool itself is asked: --help comes from the table that parses its
# options, so no list is kept here.

function __vigie_verbs --description 'TOOL: "verb TAB what it does", one a line'
    $argv[1] --help 2>/dev/null | string replace -rf '^  ([a-z][a-z-]*)  +(.*)' '$1\t$2'
end

function __vigie_options --description 'TOOL [VERB]: "--option TAB what it does", one a line'
    $argv --help 2>/dev/null | string replace -rf '^  (?:    |-., )(--[a-z0-9-]+)(?: \S+)*  +(.*)' '$1\t$2'
    $argv --help 2>/dev/null | string replace -rf '^  (-[^-]), --[a-z0-9-]+(?: \S+)*  +(.*)' '$1\t$2'
end

function __vigie_words
    set -l words (commandline -opc)
    set -l call $words[1]
    set -l verbs (__vigie_verbs $words[1])
    if test (count $verbs) -gt 0
        if test (count $words) -eq 1
            printf '%s\n' $verbs
            return
        end
        set -a call $words[2]
    end
    if string match -q -- '-*' (commandline -ct)
        __vigie_options $call
    end
end

for tool in alarmcap alarmdecode alarmrecv alarmsend alarmspool centreprobe mcourante rxprobe
    complete -c $tool -a '(__vigie_words)'
end
