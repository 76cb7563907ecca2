# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion for fish: asks the program.

function __netpy_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program __complete -- $words "$current" 2>/dev/null)
        switch $line
            case :none
            case :file
                set -l front (string match -r '^(?:--[^=]*=|unix:)' -- $current)
                for path in (complete -C "'' "(string replace -- "$front" '' $current))
                    echo "$front"$path
                end
            case :dir
                __fish_complete_directories $current
            case '*'
                echo $line
        end
    end
end

complete -c netpy -f -a '(__netpy_complete)'
