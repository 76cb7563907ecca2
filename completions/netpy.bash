# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Completion for bash: asks the program. Bash splits words at ':' and '=' (COMP_WORDBREAKS), so
# what stands together in the line is put together again, and candidates lose what bash keeps.

_netpy() {
    local line=${COMP_LINE:0:COMP_POINT} words=() word blank current prefix
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        blank=${line%%[![:blank:]]*}
        line=${line#"$blank"}
        [[ $line == "$word"* ]] || word=$line
        line=${line#"$word"}
        if [[ $blank || ${#words[@]} -eq 0 ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
    done
    # An open quote is not part of the word; what bash split off in front of it, it keeps.
    current=${words[${#words[@]} - 1]#[\"\']}
    words[${#words[@]} - 1]=$current
    [[ $word == *[!:=]* ]] || word=""
    prefix=${current%"${word#[\"\']}"}
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        case $word in
        :none) ;;
        :file) compopt -o default 2>/dev/null ;;
        :dir) compopt -o dirnames 2>/dev/null ;;
        *) COMPREPLY+=("${word#"$prefix"}") ;;
        esac
    done < <("$1" __complete -- "${words[@]:1}" 2>/dev/null)
}

complete -F _netpy netpy
