# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_katonic_global_optspecs
    string join \n json url= context= as= color= h/help V/version
end

function __fish_katonic_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_katonic_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_katonic_using_subcommand
    set -l cmd (__fish_katonic_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c katonic -n "__fish_katonic_needs_command" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_needs_command" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_needs_command" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_needs_command" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_needs_command" -s V -l version -d 'Print version'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "sandbox" -d 'A local daemon with a sample agent, its documents, its suite and a key'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "agents" -d 'Validate, apply and promote agents'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "eval" -d 'Run suites, and compare their runs'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "keys" -d 'API keys (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "chat" -d 'Talk to an agent'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "sessions" -d 'Conversations with agents'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "search" -d 'Search the documents that the acting person may read'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "documents" -d 'Add, list and remove documents'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "sources" -d 'Where documents come from by themselves (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "guardrails" -d 'What the eight rails would do with a text'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "prompts" -d 'Search for better prompts, and apply them'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "feedback" -d 'Rate, correct or comment on an answer'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "flywheel" -d 'Traces worth learning from, and datasets made of them'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "tools" -d 'Tools that agents and callers may run'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "approvals" -d 'Calls of tools that wait for a person (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "mcp" -d 'Serve agents, search and tools to an MCP client, on standard input and output'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "trace" -d 'Show everything one call did'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "audit" -d 'The audit log'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "usage" -d 'What was called, how fast, at what cost'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "logs" -d 'Follow calls as they happen (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "teams" -d 'Teams that share the daemon (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "users" -d 'The people whom calls act for (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "operators" -d 'Operators\' tokens (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "budgets" -d 'How much may be spent, by whom (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "webhooks" -d 'Who is told of events, such as a budget nearly spent (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "models" -d 'The models and tiers that the key may use'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "tiers" -d 'Which models stand behind a tier (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "providers" -d 'Providers of models, and their keys (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "daemon" -d 'Start, stop and look at the daemon itself'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "hub" -d 'The Developer Hub, a page in the browser (for operators)'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "login" -d 'Keep the key of a daemon, from standard input, and use that daemon from now on'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "logout" -d 'Forget a daemon and its key'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "context" -d 'The daemons that are known, and which is used'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "completions" -d 'Print a shell\'s completions'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "openapi" -d 'Print the OpenAPI 3.1 document of the public API'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "doctor" -d 'Look for what is in the way, and say how to mend it; exit 1 if anything is'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "version" -d 'Print the version'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "read-file" -d 'Read the file on standard input, as the daemon has its files read'
complete -c katonic -n "__fish_katonic_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -f -a "up" -d 'Start it, or find it running (the default)'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -f -a "status" -d 'Say whether it runs; exit 1 if not'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -f -a "down" -d 'Stop it; its data stays'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -f -a "reset" -d 'Stop it, and delete its data and keys'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and not __fish_seen_subcommand_from up status down reset help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l port -d 'The port; 0 picks a free one [default: 8320]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l example -d 'A folder laid out like agents-examples/hr, to load instead of that one' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "up" -d 'Start it, or find it running (the default)'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say whether it runs; exit 1 if not'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "down" -d 'Stop it; its data stays'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Stop it, and delete its data and keys'
complete -c katonic -n "__fish_katonic_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "validate" -d 'Check agents and suites offline: every problem, with its place and its mend'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "schema" -d 'Print the JSON Schema of a kind, for editors'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "init" -d 'Write an agent, a suite, a document and a workflow to begin with'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "apply" -d 'Store agents and suites: the same content is the same version'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "list" -d 'List agents'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "get" -d 'Show one agent: versions, environments, promotions'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "diff" -d 'Show what applying a file would change; exit 1 if anything'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "promote" -d 'Make a version live, through the gate of its environment'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "archive" -d 'Stop an agent from answering; its history stays'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and not __fish_seen_subcommand_from validate schema init apply list get diff promote archive help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l format -d 'How to report [default: text; github in GitHub Actions]' -r -f -a "text\t'For people: each source line, with the place underlined'
json\t'One JSON document'
github\t'Annotations of GitHub Actions'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'JUnit XML, for test reports'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l explain -d 'Explain a rule, with an example; `all` explains every one' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l config -d 'The repository\'s rules [default: katonic.toml here or above]' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l strict -d 'Warnings are errors'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l fix -d 'Mend what can only mean one thing; comments and layout stay'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l remote -d 'Also ask the daemon which models, suites and documents exist there'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -l kind -d 'The kind' -r -f -a "agent\t'An agent'
suite\t'A suite of cases'
repository\t'The rules of a repository: katonic.toml'
report\t'What `agents validate --format json` prints'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l name -d 'What people call it [default: from the id]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l owner -d 'Whom to ask about it, and for whom its suite asks; asked for on a terminal' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l collection -d 'The collection that it reads [default: the id, and -docs]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l dir -d 'The folder to write into' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -l dry-run -d 'Only check, here and at the daemon'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from get" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from get" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from get" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from get" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from diff" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from diff" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from diff" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from diff" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l env -d 'Where to' -r -f -a "test\t''
prod\t''"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l version -d 'The version, or its first eight digits or more; the one applied last by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l run -d 'The run to judge; the newest that fits by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l override -d 'Promote in spite of the gate; for operators, and kept in the audit log' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l canary -d 'Only for so many of 100 calls at first, rolled back by itself where they go worse; 0 ends the canary' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from archive" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from archive" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from archive" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from archive" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from archive" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from archive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Check agents and suites offline: every problem, with its place and its mend'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON Schema of a kind, for editors'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write an agent, a suite, a document and a workflow to begin with'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Store agents and suites: the same content is the same version'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "list" -d 'List agents'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show one agent: versions, environments, promotions'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Show what applying a file would change; exit 1 if anything'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "promote" -d 'Make a version live, through the gate of its environment'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "archive" -d 'Stop an agent from answering; its history stays'
complete -c katonic -n "__fish_katonic_using_subcommand agents; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "apply" -d 'Store a suite'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "run" -d 'Run a suite against an agent'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "list" -d 'List runs'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "show" -d 'Show a run with its failing cases, or report it'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "matrix" -d 'Run a suite against models and instructions, side by side'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "compare" -d 'Hold a run against a baseline; exit 1 on a regression'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "watch" -d 'Follow a run to its end'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "cancel" -d 'Stop a run; what is done stays to be read'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "drift" -d 'Hold an agent\'s newest answers in prod to those before; exit 1 where they drifted'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "score" -d 'Score answers that were recorded elsewhere, without an agent'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "calibrate" -d 'Hold a run\'s judge and evaluators to people\'s labels'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "redteam" -d 'Make a suite of hostile cases for an agent'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "import" -d 'Make a suite of promptfoo\'s, OpenAI evals\', Ragas\' or DeepEval\'s'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and not __fish_seen_subcommand_from apply run list show matrix compare watch cancel drift score calibrate redteam import help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from apply" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from apply" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from apply" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from apply" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l agent -d 'The agent; a file\'s own by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l suite -d 'The suite; the one that the file\'s gate names by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l version -d 'The agent\'s version; the one applied last by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l env -d 'Run what is live there' -r -f -a "test\t''
prod\t''"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l file -d 'Run a definition that is not applied' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l concurrency -d 'Cases at the same time: 1 to 64' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l seed -d 'The seed of what is random' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l budget -d 'Dollars that it may cost in all, judges included, such as `2usd`; then it fails' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l filter-failing -d 'Only the cases that failed in a run' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l retry-errors -d 'Only the cases that ended in an error in a run' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l wait -d 'Wait for the end'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l fresh -d 'Take no answer of earlier runs'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l agent -d 'Only of this agent' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l suite -d 'Only of this suite' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l format -d 'How to show it' -r -f -a "text\t'For people: figures, and the cases that failed'
json\t'One JSON document'
junit\t'JUnit XML, for test reports'
markdown\t'Markdown, for the comment of a pull request'
html\t'One HTML file that opens without a network, with each case\'s answer and what changed in it'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l baseline -d 'What a report holds it against: what is live in `prod` or `test`, or another run\'s id' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l file -d 'The agent\'s file; it need not be applied' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l agent -d 'The agent, as it was applied last' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l suite -d 'The suite; the one that the agent\'s gate names by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l models -d 'Models or tiers to try; the agent\'s own by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l instructions -d 'Files with instructions to try; the agent\'s own by default' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l concurrency -d 'Cases at the same time: 1 to 64' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l fresh -d 'Take no answer of earlier runs'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from matrix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l baseline -d 'What is live in `prod` or `test`, or another run\'s id' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l seed -d 'The seed of the bootstrap' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from compare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from watch" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from watch" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from watch" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from watch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from watch" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from cancel" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from cancel" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from cancel" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from cancel" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from drift" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from drift" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from drift" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from drift" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from drift" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l suite -d 'The suite: its file, or its id where a file below this folder holds it' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l answers -d 'The answers, `{case_id, answer, citations?, tool_calls?, passages?, latency_ms?, cost_usd?}` a line; `-` is standard input' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from score" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l labels -d '`{case_id, label}` a line; a label is `pass` or `fail`, true or false, or a score from 0 to 1' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l good -d 'The score from which on an answer counts as good' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from calibrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l most -d 'Most cases of a kind' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l model -d 'A model or tier that thinks of more' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -s o -l output -d 'Write it to this file' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from redteam" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l format -d 'What it is; told by its content without it' -r -f -a "promptfoo\t'`promptfooconfig.yaml`, with its tests'
openai-evals\t'Samples of OpenAI evals: `input` and `ideal` a line'
ragas\t'Rows of Ragas: `user_input` and `reference`'
deepeval\t'Goldens and test cases of DeepEval: `input` and `expected_output`'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l id -d 'The suite\'s id; made of the file\'s name without it' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -s o -l output -d 'Write it to this file' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Store a suite'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run a suite against an agent'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "list" -d 'List runs'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a run with its failing cases, or report it'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "matrix" -d 'Run a suite against models and instructions, side by side'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "compare" -d 'Hold a run against a baseline; exit 1 on a regression'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "watch" -d 'Follow a run to its end'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Stop a run; what is done stays to be read'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "drift" -d 'Hold an agent\'s newest answers in prod to those before; exit 1 where they drifted'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "score" -d 'Score answers that were recorded elsewhere, without an agent'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "calibrate" -d 'Hold a run\'s judge and evaluators to people\'s labels'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "redteam" -d 'Make a suite of hostile cases for an agent'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "import" -d 'Make a suite of promptfoo\'s, OpenAI evals\', Ragas\' or DeepEval\'s'
complete -c katonic -n "__fish_katonic_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "create" -d 'Create a key; its secret is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "list" -d 'List keys, a row for each live secret'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "show" -d 'Show one key: what it may do, how often it called, and who still uses which secret'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "update" -d 'Change a key; it holds from the next call on'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "rotate" -d 'Give a key a new secret; the old one works on for a while'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "revoke" -d 'Revoke a key, or one of its secrets: it stops working at once'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and not __fish_seen_subcommand_from create list show update rotate revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l scopes -d 'What it may do, such as chat,search or agents/*' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l team -d 'The team that owns it' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l act-as -d 'For whom it may act: addresses, or *@domain' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l role -d 'The role of a call that acts for nobody' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l models -d 'Which models it may call: tiers, provider/model, provider/*' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l alias -d 'Another name of a model, for this key; may be given again' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l agents -d 'Which agents it may talk to' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l collections -d 'Which collections it may read' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l tools -d 'Which tools it may use' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l sources -d 'From where it may call: addresses, or ranges such as 10.0.0.0/8' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l expires -d 'After how long it ends by itself, such as 90d or 24h' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l per-minute -d 'Calls a minute' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l per-hour -d 'Calls an hour' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l per-day -d 'Calls a day' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l tokens-per-minute -d 'Tokens a minute, read and written' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l concurrent -d 'Calls at the same time' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from show" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from show" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l name -d 'What to call it from now on' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l scopes -d 'What it may do' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l act-as -d 'For whom it may act: addresses, or *@domain' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l role -d 'The role of a call that acts for nobody' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l models -d 'Which models it may call: tiers, provider/model, provider/*' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l alias -d 'Another name of a model, for this key; may be given again' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l agents -d 'Which agents it may talk to' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l collections -d 'Which collections it may read' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l tools -d 'Which tools it may use' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l sources -d 'From where it may call: addresses, or ranges such as 10.0.0.0/8' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l expires -d 'After how long it ends by itself, such as 90d or 24h' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l per-minute -d 'Calls a minute' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l per-hour -d 'Calls an hour' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l per-day -d 'Calls a day' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l tokens-per-minute -d 'Tokens a minute, read and written' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l concurrent -d 'Calls at the same time' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l unlimited -d 'Lift a limit: per-minute, per-hour, per-day, tokens-per-minute, concurrent' -r -f -a "per-minute\t''
per-hour\t''
per-day\t''
tokens-per-minute\t''
concurrent\t''"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l never-expires -d 'Let it live until it is revoked'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l overlap -d 'How long the old secret works on, such as 24h; 0s ends it at once' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l idempotency-key -d 'What makes it safe to run the same rotation again: the second gets the first one\'s answer' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l end-older -d 'End a rotation that is still under way: its older secret stops at once'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l old -d 'Only the secret that a rotation replaced'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l new -d 'Only the newest secret: the one before it lives on'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a key; its secret is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "list" -d 'List keys, a row for each live secret'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one key: what it may do, how often it called, and who still uses which secret'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change a key; it holds from the next call on'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Give a key a new secret; the old one works on for a while'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Revoke a key, or one of its secrets: it stops working at once'
complete -c katonic -n "__fish_katonic_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l env -d 'Where the agent is live' -r -f -a "test\t''
prod\t''"
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l no-stream -d 'Show the answer when it is whole'
complete -c katonic -n "__fish_katonic_using_subcommand chat" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand chat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -f -a "list" -d 'List the acting person\'s conversations'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -f -a "show" -d 'Show a conversation with its messages'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -f -a "delete" -d 'Delete a conversation and its messages; audit rows stay'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and not __fish_seen_subcommand_from list show delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the acting person\'s conversations'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a conversation with its messages'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a conversation and its messages; audit rows stay'
complete -c katonic -n "__fish_katonic_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand search" -l collection -d 'Only in these collections' -r
complete -c katonic -n "__fish_katonic_using_subcommand search" -l top-k -d 'How many passages: 1 to 100' -r
complete -c katonic -n "__fish_katonic_using_subcommand search" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand search" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand search" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand search" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand search" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand search" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -f -a "add" -d 'Add files, or what changed of folders; front matter may name id, title and readers'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -f -a "list" -d 'List documents'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -f -a "get" -d 'Show a document with its outline'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -f -a "remove" -d 'Remove a document and every passage of it'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -f -a "generate" -d 'Write a document: what an agent answers to a prompt, or Markdown, as DOCX, PDF, PPTX, XLSX, HTML or Markdown'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and not __fish_seen_subcommand_from add list get remove generate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l jsonl -d 'A file with a document a line, as {"doc_id", "title", "text", "groups"}' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l collection -d 'The collection they belong to' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l groups -d 'The groups that may read them, instead of front matter\'s and of .katonic-access.yml\'s' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l users -d 'The people who may read them, likewise' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l public -d 'Everyone may read them'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l collection -d 'Only this collection' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l status -d 'Only of this status: queued, ready or refused' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from get" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from get" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from get" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from get" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from remove" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from remove" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from remove" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from remove" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l agent -d 'The agent that is asked' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l content -d 'A file that says what the document does: Markdown, or blocks in a .json file; - reads Markdown from standard input' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l format -d 'The format; by default what the file\'s name ends with' -r -f -a "docx\t''
pdf\t''
pptx\t''
xlsx\t''
html\t''
markdown\t''"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -s o -l output -d 'Where the document goes; by default a file called after its title' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l title -d 'The title' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l template -d 'A Word file whose styles, headers, footers and page are taken' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l data -d 'A JSON file of what stands in for {{name}} in the content' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add files, or what changed of folders; front matter may name id, title and readers'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from help" -f -a "list" -d 'List documents'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show a document with its outline'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a document and every passage of it'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from help" -f -a "generate" -d 'Write a document: what an agent answers to a prompt, or Markdown, as DOCX, PDF, PPTX, XLSX, HTML or Markdown'
complete -c katonic -n "__fish_katonic_using_subcommand documents; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'List the sources of katonic.toml and how they stand; exit 1 if one can\'t be read'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the sources of katonic.toml and how they stand; exit 1 if one can\'t be read'
complete -c katonic -n "__fish_katonic_using_subcommand sources; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -f -a "check" -d 'Show what the eight rails would do with a text, without a call'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -f -a "policy" -d 'What holds over the settings of all agents and of models\' calls'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and not __fish_seen_subcommand_from check policy help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l agent -d 'Under the settings and instructions of an applied agent' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l file -d 'Under those of a definition on the disk' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l phase -d 'Where the text stands' -r -f -a "input\t'From the user to the model'
output\t'From the model to the user'
passage\t'A document\'s passage or a tool\'s result'"
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l question -d 'What the user asked' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l passage -d 'A passage that was retrieved for it; may be given several times' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l jsonl -d 'Read `{id, text, phase?, passages?, question?}` a line, and print a verdict a line'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -f -a "show" -d 'Show it, with what each rail does by default and at least'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -f -a "try" -d 'Say what a policy would have done with the newest calls, as far as their texts are kept; exit 1 if it would block any'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -f -a "set" -d 'Set it, from the next call on; it only tightens'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -f -a "reset" -d 'Go back to the settings of agents and of the configuration alone'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from policy" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from help" -f -a "check" -d 'Show what the eight rails would do with a text, without a call'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from help" -f -a "policy" -d 'What holds over the settings of all agents and of models\' calls'
complete -c katonic -n "__fish_katonic_using_subcommand guardrails; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -f -a "optimise" -d 'Search for a better prompt of an agent; cases that the search never sees decide'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -f -a "show" -d 'Show a search with its candidates'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -f -a "apply" -d 'Make a candidate a new version of its agent; it goes live through the gate alone'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and not __fish_seen_subcommand_from optimise show apply help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l suite -d 'The suite that candidates are scored on' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l budget -d 'What it may use, such as 2usd, 500calls, 200000tokens, 30min, or several with commas' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l version -d 'The version that is searched from; the one applied last by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l algorithm -d 'How candidates are searched for' -r -f -a "auto\t'mipro, or random where there are few candidates in all'
random\t'Bootstrapped examples with random search'
mipro\t'After MIPROv2'
gepa\t'After GEPA; needs a model'"
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l search -d 'What is searched; all that can be by default' -r -f -a "instructions\t''
examples\t''
retrieval\t''
model\t''"
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l dataset -d 'A dataset whose accepted items may become examples' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l holdout -d 'The share of the cases that the search never sees: 0.1 to 0.8, 0.3 by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l seed -d 'The seed of what is random' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l detach -d 'Don\'t wait for the end'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from optimise" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from show" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from show" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l candidate -d 'The candidate; the best by default, if the held-out cases say that it is better' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l write -d 'The agent\'s file, to be changed to the new version; its comments stay' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from help" -f -a "optimise" -d 'Search for a better prompt of an agent; cases that the search never sees decide'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a search with its candidates'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Make a candidate a new version of its agent; it goes live through the gate alone'
complete -c katonic -n "__fish_katonic_using_subcommand prompts; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l score -d 'How good, from 0 to 1' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l correction -d 'What should have been answered' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l comment -d 'Why' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l tag -d 'Words to find it by' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l up -d 'It was good'
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l down -d 'It was not'
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand feedback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -f -a "candidates" -d 'List traces worth a look, each reason in its turn'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -f -a "curate" -d 'Make a version of a dataset of traces'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -f -a "review" -d 'Look at the items of a dataset one by one: accept, edit or reject each'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -f -a "harvest" -d 'Make accepted corrections cases of a suite that must pass, if their agent fails them'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -f -a "export" -d 'Print a dataset in a form that others read'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and not __fish_seen_subcommand_from candidates curate review harvest export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l agent -d 'Only of this agent' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l reason -d 'Only for this reason, such as negative_feedback' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l since -d 'From this time on; the last seven days by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from candidates" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l agent -d 'Only of this agent' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l since -d 'From this time on' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l rating -d 'Only answers that were rated so' -r -f -a "up\t''
down\t''"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l tag -d 'Only with one of these tags in their feedback' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l total -d 'Items at most' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l per-user -d 'Items of one user at most' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l near -d 'From which likeness of two questions the later goes: 0.5 to 1' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l split -d 'Shares of the parts, such as train=0.8,dev=0.1,test=0.1' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l corrected -d 'Only answers that somebody corrected'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l no-review -d 'Take every item without a look'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from curate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l version -d 'The version, or its beginning; the newest by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l accept -d 'Accept these items, by their numbers' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l reject -d 'Reject these items, by their numbers' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l edit -d 'Accept an item with another answer' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from review" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l suite -d 'The suite\'s file' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l version -d 'The dataset\'s version, or its beginning; the newest by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l write -d 'Change the file, instead of only printing the diff'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from harvest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l format -d 'The form' -r -f -a "openai-sft\t''
dpo\t''
suite\t''
csv\t''"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l version -d 'The version, or its beginning; the newest by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l split -d 'Only this part' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from help" -f -a "candidates" -d 'List traces worth a look, each reason in its turn'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from help" -f -a "curate" -d 'Make a version of a dataset of traces'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from help" -f -a "review" -d 'Look at the items of a dataset one by one: accept, edit or reject each'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from help" -f -a "harvest" -d 'Make accepted corrections cases of a suite that must pass, if their agent fails them'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from help" -f -a "export" -d 'Print a dataset in a form that others read'
complete -c katonic -n "__fish_katonic_using_subcommand flywheel; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -f -a "list" -d 'List the tools, and which of them the key may use'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -f -a "invoke" -d 'Run a tool, under the policy'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -f -a "test" -d 'Show what a policy does with calls, without a daemon'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -f -a "tickets" -d 'List the tickets that were opened (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and not __fish_seen_subcommand_from list invoke test tickets help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l agent -d 'On behalf of this agent: then only what it may call' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l dry-run -d 'Only show what would be decided'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from invoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l policy -d 'The policy' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l call -d 'A call, or a list of them, as YAML or JSON: `{tool, arguments, agent, user, groups, team, environment, at, expect}`' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from tickets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the tools, and which of them the key may use'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from help" -f -a "invoke" -d 'Run a tool, under the policy'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from help" -f -a "test" -d 'Show what a policy does with calls, without a daemon'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from help" -f -a "tickets" -d 'List the tickets that were opened (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand tools; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -f -a "list" -d 'List calls, the newest first'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -f -a "approve" -d 'Let a call through, once'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -f -a "deny" -d 'Let a call not through'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and not __fish_seen_subcommand_from list approve deny help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l status -d 'Only those that stand so' -r -f -a "pending\t'It waits for a person'
approved\t'The call may be made, once'
denied\t'It may not'
used\t'The call was made'
expired\t'Nobody decided in time'"
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -l reason -d 'Why' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from approve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -l reason -d 'Why: who asked is told' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from deny" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from help" -f -a "list" -d 'List calls, the newest first'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from help" -f -a "approve" -d 'Let a call through, once'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from help" -f -a "deny" -d 'Let a call not through'
complete -c katonic -n "__fish_katonic_using_subcommand approvals; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -l agent -d 'Offer only these agents; those that the key may list and that are live in prod, without it' -r
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand mcp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand trace" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand trace" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand trace" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand trace" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand trace" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand trace" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -f -a "list" -d 'List rows; with --verify exit 1 where the chain of hashes is broken'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -f -a "verify" -d 'Verify the whole log, or an exported one; exit 1 where something was changed, removed or reordered'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -f -a "export" -d 'Write the log as JSONL, with its signed checkpoints, so that it can be verified elsewhere'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -f -a "new-key" -d 'Sign the log with a new key from now on, while no daemon of this home runs; the log says so'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -f -a "retention" -d 'Show or say how long rows and traces are kept'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and not __fish_seen_subcommand_from list verify export new-key retention help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l from -d 'From this time on, such as 2026-01-31T00:00:00Z' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l to -d 'Up to this time' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l key -d 'Only of this key, by its name, id or secret as it is shown' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l user -d 'Only of this user' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l team -d 'Only of this team' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l endpoint -d 'Only of this endpoint, such as Chat' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l trace -d 'Only of this call' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l decision -d 'Only of this decision' -r -f -a "allowed\t''
denied\t''"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l verify -d 'Also verify the chain of hashes'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l file -d 'An exported log, verified here' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l public-key -d 'Whose signatures it must bear; as its last line says, if not given' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l from -d 'From this time on, such as 2026-01-31T00:00:00Z; a part is verified as the rows that it has, not that none is missing' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l to -d 'Up to this time' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -l lost -d 'The key before is lost: nobody signs the new one, and what stands in the log before is proven by nobody any more'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from new-key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l audit-days -d 'Keep rows of the log for so many days' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l trace-days -d 'Keep traces for so many days: as long as their rows at most' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from retention" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "list" -d 'List rows; with --verify exit 1 where the chain of hashes is broken'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Verify the whole log, or an exported one; exit 1 where something was changed, removed or reordered'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write the log as JSONL, with its signed checkpoints, so that it can be verified elsewhere'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "new-key" -d 'Sign the log with a new key from now on, while no daemon of this home runs; the log says so'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "retention" -d 'Show or say how long rows and traces are kept'
complete -c katonic -n "__fish_katonic_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l since -d 'Since how long ago, such as 24h or 30d' -r
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l by -d 'By what to tell it apart' -r -f -a "key\t''
team\t''
agent\t''
model\t''
provider\t''
endpoint\t''
user\t''"
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l bucket -d 'In buckets of time' -r -f -a "hour\t''
day\t''
month\t''"
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l csv -d 'Comma-separated values, for spreadsheets'
complete -c katonic -n "__fish_katonic_using_subcommand usage" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand usage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -f -a "tail" -d 'Follow calls as they happen'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and not __fish_seen_subcommand_from tail help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l key -d 'Only of this key, by its name, id or secret as it is shown' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l user -d 'Only of this user' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l team -d 'Only of this team' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l endpoint -d 'Only of this endpoint, such as Chat' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l decision -d 'Only of this decision' -r -f -a "allowed\t''
denied\t''"
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from help" -f -a "tail" -d 'Follow calls as they happen'
complete -c katonic -n "__fish_katonic_using_subcommand logs; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -f -a "list" -d 'List teams'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -f -a "create" -d 'Create a team'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -f -a "show" -d 'Show a team'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and not __fish_seen_subcommand_from list create show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from create" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from create" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from show" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from show" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from help" -f -a "list" -d 'List teams'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a team'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a team'
complete -c katonic -n "__fish_katonic_using_subcommand teams; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "list" -d 'List users with their roles and groups'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "groups" -d 'List groups, with how many belong to each'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "import" -d 'Add or change users from a YAML file (users, groups) or a CSV file (email, name, role, groups with ; between, active). What has no field or column stays as it is'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "update" -d 'Change a user\'s role or groups'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "deactivate" -d 'Let no call act for a user any longer, at once'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "activate" -d 'Let calls act for a user again'
complete -c katonic -n "__fish_katonic_using_subcommand users; and not __fish_seen_subcommand_from list groups import update deactivate activate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from groups" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l role -d 'Their role' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l groups -d 'All groups they belong to' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from deactivate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from activate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "list" -d 'List users with their roles and groups'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "groups" -d 'List groups, with how many belong to each'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "import" -d 'Add or change users from a YAML file (users, groups) or a CSV file (email, name, role, groups with ; between, active). What has no field or column stays as it is'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change a user\'s role or groups'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "deactivate" -d 'Let no call act for a user any longer, at once'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "activate" -d 'Let calls act for a user again'
complete -c katonic -n "__fish_katonic_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -f -a "list" -d 'List tokens'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -f -a "create" -d 'Create a token; it is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -f -a "revoke" -d 'Revoke a token: it stops working at once'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and not __fish_seen_subcommand_from list create revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l role -d 'Its role: operator, super_admin, org_admin, auditor' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l team -d 'Its team' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l expires -d 'After how long it ends by itself, such as 90d' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from revoke" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from revoke" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from revoke" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from revoke" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from help" -f -a "list" -d 'List tokens'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a token; it is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Revoke a token: it stops working at once'
complete -c katonic -n "__fish_katonic_using_subcommand operators; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -f -a "list" -d 'List budgets with what is spent and held'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -f -a "create" -d 'Create a budget: of the team, unless --key, --user or --tag names another'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -f -a "update" -d 'Change a budget; a prepaid one is topped up by a higher limit'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -f -a "remove" -d 'Remove a budget'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and not __fish_seen_subcommand_from list create update remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l limit -d 'Dollars that may be spent' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l period -d 'Over which time' -r -f -a "day\t''
month\t''
prepaid\t''"
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l key -d 'Of calls of this key' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l user -d 'Of calls for this user' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l tag -d 'Of calls with this tag' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l soft -d 'Refuse nothing; only tell the webhooks'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l allow-unpriced -d 'Let models pass whose price nobody knows'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -l limit -d 'Dollars that may be spent' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from remove" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from remove" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from remove" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from remove" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from help" -f -a "list" -d 'List budgets with what is spent and held'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a budget: of the team, unless --key, --user or --tag names another'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change a budget; a prepaid one is topped up by a higher limit'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a budget'
complete -c katonic -n "__fish_katonic_using_subcommand budgets; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -f -a "list" -d 'List webhooks'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -f -a "create" -d 'Add a webhook; what signs its events is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -f -a "delete" -d 'Remove a webhook, and what was to be sent to it'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -f -a "deliveries" -d 'List what was sent to a webhook, the newest first'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -f -a "resend" -d 'Send an event again'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and not __fish_seen_subcommand_from list create delete deliveries resend help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l team -d 'Of another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l events -d 'Only these events, such as budget.threshold' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l team -d 'For another team than your own' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "list" -d 'List webhooks'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "create" -d 'Add a webhook; what signs its events is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Remove a webhook, and what was to be sent to it'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "deliveries" -d 'List what was sent to a webhook, the newest first'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "resend" -d 'Send an event again'
complete -c katonic -n "__fish_katonic_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'List models and tiers'
complete -c katonic -n "__fish_katonic_using_subcommand models; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l limit -d 'Rows of the page: 1 to 200' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l after -d 'The cursor that the page before ended with' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "list" -d 'List models and tiers'
complete -c katonic -n "__fish_katonic_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -f -a "list" -d 'List tiers, and what each leads to'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -f -a "set" -d 'Say what a tier leads to, over what katonic.toml says; it holds from the next call on'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -f -a "reset" -d 'Go back to what katonic.toml says of a tier'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and not __fish_seen_subcommand_from list set reset help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l strategy -d 'How the first is chosen; the others follow where it fails' -r -f -a "ordered\t'As listed'
weighted\t'By chance, in proportion to the weights'"
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l most-usd-per-call -d 'Pass over targets whose call would cost more' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l hedge-ms -d 'Ask the next target too where the first has not begun after so many milliseconds' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from reset" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from reset" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from reset" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from reset" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from help" -f -a "list" -d 'List tiers, and what each leads to'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from help" -f -a "set" -d 'Say what a tier leads to, over what katonic.toml says; it holds from the next call on'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Go back to what katonic.toml says of a tier'
complete -c katonic -n "__fish_katonic_using_subcommand tiers; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -f -a "list" -d 'List the providers that can be called, and how they fare'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -f -a "add" -d 'Store a provider\'s key, read from standard input'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -f -a "test" -d 'Make one real call to a provider'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -f -a "remove" -d 'Remove a provider\'s stored key'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -f -a "refresh" -d 'Take newer facts of models over the ones that are built in'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and not __fish_seen_subcommand_from list add test remove refresh help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -l all -d 'All that Katonic knows, with the variables that their keys are read from'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l param -d 'What its address needs, such as region=eu-west-1; may be given again' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l shared -d 'Let every team use the key, not only your own'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -l model -d 'The model to call; the cheapest that is known by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -l shared -d 'The key that every team may use, instead of the team\'s own'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -l file -d 'A JSON list of models, each with its provider, id, prices and abilities' -r -F
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from refresh" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the providers that can be called, and how they fare'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "add" -d 'Store a provider\'s key, read from standard input'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "test" -d 'Make one real call to a provider'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a provider\'s stored key'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "refresh" -d 'Take newer facts of models over the ones that are built in'
complete -c katonic -n "__fish_katonic_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "start" -d 'Serve until SIGTERM or Ctrl-C; calls under way may then end'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "stop" -d 'Stop the daemon of this home'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "status" -d 'Say whether a daemon of this home runs; exit 1 if not'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "logs" -d 'Show what a daemon that runs apart from a terminal wrote'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "check" -d 'Check this home: its configuration, and, while no daemon runs, its store and audit log'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "backup" -d 'Copy the store of the daemon, while it is used, into its data directory (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "restore" -d 'Put a copy in the place of the store, while no daemon runs; the store stays beside it'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and not __fish_seen_subcommand_from start stop status logs check backup restore help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l listen -d 'The address to serve on; port 0 picks a free one [env: KATONIC_LISTEN]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l database -d 'Where the store is: sqlite, a file of the home, or the URL of a PostgreSQL database [env: KATONIC_DATABASE]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l detach -d 'Leave it running apart from this terminal'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from status" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from status" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from status" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s n -l lines -d 'How many of its last lines' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Go on as more is written'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from check" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from check" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from check" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l remove -d 'Remove this copy instead' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l list -d 'List the copies there are instead'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from restore" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from restore" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from restore" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from restore" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from restore" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "start" -d 'Serve until SIGTERM or Ctrl-C; calls under way may then end'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop the daemon of this home'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say whether a daemon of this home runs; exit 1 if not'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "logs" -d 'Show what a daemon that runs apart from a terminal wrote'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check this home: its configuration, and, while no daemon runs, its store and audit log'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "backup" -d 'Copy the store of the daemon, while it is used, into its data directory (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Put a copy in the place of the store, while no daemon runs; the store stays beside it'
complete -c katonic -n "__fish_katonic_using_subcommand daemon; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -f -a "open" -d 'Print a link that signs you in, once, within two minutes'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and not __fish_seen_subcommand_from open help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from open" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from open" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from open" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from open" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from open" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from help" -f -a "open" -d 'Print a link that signs you in, once, within two minutes'
complete -c katonic -n "__fish_katonic_using_subcommand hub; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand login" -l name -d 'What the context is called; the address\'s host by default' -r
complete -c katonic -n "__fish_katonic_using_subcommand login" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand login" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand login" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand login" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand login" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand logout" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand logout" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand logout" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand logout" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand logout" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -f -a "list" -d 'List the daemons that are known'
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -f -a "use" -d 'Use a daemon from now on'
complete -c katonic -n "__fish_katonic_using_subcommand context; and not __fish_seen_subcommand_from list use help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from list" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from list" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from use" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from use" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from use" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from use" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from use" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the daemons that are known'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "use" -d 'Use a daemon from now on'
complete -c katonic -n "__fish_katonic_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand completions" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand completions" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand completions" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand completions" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l format -d 'How to write it' -r -f -a "json\t''
yaml\t''"
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l admin -d 'That of the admin API instead'
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand openapi" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand doctor" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand doctor" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand doctor" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand doctor" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand version" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand version" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand version" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand version" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand version" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -l ending -d 'The ending of its name' -r
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -l url -d 'The daemon to talk to [env: KATONIC_URL, KAT_URL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -l context -d 'The context to use: a daemon that was logged in to, or `sandbox`' -r
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -l as -d 'Act for this person [env: KATONIC_USER_EMAIL]' -r
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR, CI or TERM=dumb say otherwise'
always\t'Always'
never\t'Never'"
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -l json -d 'Print one JSON document instead of tables'
complete -c katonic -n "__fish_katonic_using_subcommand read-file" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "sandbox" -d 'A local daemon with a sample agent, its documents, its suite and a key'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "agents" -d 'Validate, apply and promote agents'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "eval" -d 'Run suites, and compare their runs'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "keys" -d 'API keys (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "chat" -d 'Talk to an agent'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "sessions" -d 'Conversations with agents'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "search" -d 'Search the documents that the acting person may read'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "documents" -d 'Add, list and remove documents'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "sources" -d 'Where documents come from by themselves (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "guardrails" -d 'What the eight rails would do with a text'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "prompts" -d 'Search for better prompts, and apply them'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "feedback" -d 'Rate, correct or comment on an answer'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "flywheel" -d 'Traces worth learning from, and datasets made of them'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "tools" -d 'Tools that agents and callers may run'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "approvals" -d 'Calls of tools that wait for a person (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "mcp" -d 'Serve agents, search and tools to an MCP client, on standard input and output'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "trace" -d 'Show everything one call did'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "audit" -d 'The audit log'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "usage" -d 'What was called, how fast, at what cost'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "logs" -d 'Follow calls as they happen (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "teams" -d 'Teams that share the daemon (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "users" -d 'The people whom calls act for (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "operators" -d 'Operators\' tokens (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "budgets" -d 'How much may be spent, by whom (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "webhooks" -d 'Who is told of events, such as a budget nearly spent (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "models" -d 'The models and tiers that the key may use'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "tiers" -d 'Which models stand behind a tier (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "providers" -d 'Providers of models, and their keys (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "daemon" -d 'Start, stop and look at the daemon itself'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "hub" -d 'The Developer Hub, a page in the browser (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "login" -d 'Keep the key of a daemon, from standard input, and use that daemon from now on'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "logout" -d 'Forget a daemon and its key'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "context" -d 'The daemons that are known, and which is used'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "completions" -d 'Print a shell\'s completions'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "openapi" -d 'Print the OpenAPI 3.1 document of the public API'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "doctor" -d 'Look for what is in the way, and say how to mend it; exit 1 if anything is'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "version" -d 'Print the version'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "read-file" -d 'Read the file on standard input, as the daemon has its files read'
complete -c katonic -n "__fish_katonic_using_subcommand help; and not __fish_seen_subcommand_from sandbox agents eval keys chat sessions search documents sources guardrails prompts feedback flywheel tools approvals mcp trace audit usage logs teams users operators budgets webhooks models tiers providers daemon hub login logout context completions openapi doctor version read-file help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "up" -d 'Start it, or find it running (the default)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "status" -d 'Say whether it runs; exit 1 if not'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "down" -d 'Stop it; its data stays'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "reset" -d 'Stop it, and delete its data and keys'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "validate" -d 'Check agents and suites offline: every problem, with its place and its mend'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "schema" -d 'Print the JSON Schema of a kind, for editors'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "init" -d 'Write an agent, a suite, a document and a workflow to begin with'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "apply" -d 'Store agents and suites: the same content is the same version'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "list" -d 'List agents'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "get" -d 'Show one agent: versions, environments, promotions'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "diff" -d 'Show what applying a file would change; exit 1 if anything'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "promote" -d 'Make a version live, through the gate of its environment'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from agents" -f -a "archive" -d 'Stop an agent from answering; its history stays'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "apply" -d 'Store a suite'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "run" -d 'Run a suite against an agent'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "list" -d 'List runs'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "show" -d 'Show a run with its failing cases, or report it'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "matrix" -d 'Run a suite against models and instructions, side by side'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "compare" -d 'Hold a run against a baseline; exit 1 on a regression'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "watch" -d 'Follow a run to its end'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "cancel" -d 'Stop a run; what is done stays to be read'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "drift" -d 'Hold an agent\'s newest answers in prod to those before; exit 1 where they drifted'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "score" -d 'Score answers that were recorded elsewhere, without an agent'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "calibrate" -d 'Hold a run\'s judge and evaluators to people\'s labels'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "redteam" -d 'Make a suite of hostile cases for an agent'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "import" -d 'Make a suite of promptfoo\'s, OpenAI evals\', Ragas\' or DeepEval\'s'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "create" -d 'Create a key; its secret is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "list" -d 'List keys, a row for each live secret'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "show" -d 'Show one key: what it may do, how often it called, and who still uses which secret'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "update" -d 'Change a key; it holds from the next call on'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "rotate" -d 'Give a key a new secret; the old one works on for a while'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "revoke" -d 'Revoke a key, or one of its secrets: it stops working at once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "list" -d 'List the acting person\'s conversations'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "show" -d 'Show a conversation with its messages'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "delete" -d 'Delete a conversation and its messages; audit rows stay'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from documents" -f -a "add" -d 'Add files, or what changed of folders; front matter may name id, title and readers'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from documents" -f -a "list" -d 'List documents'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from documents" -f -a "get" -d 'Show a document with its outline'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from documents" -f -a "remove" -d 'Remove a document and every passage of it'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from documents" -f -a "generate" -d 'Write a document: what an agent answers to a prompt, or Markdown, as DOCX, PDF, PPTX, XLSX, HTML or Markdown'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from sources" -f -a "list" -d 'List the sources of katonic.toml and how they stand; exit 1 if one can\'t be read'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from guardrails" -f -a "check" -d 'Show what the eight rails would do with a text, without a call'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from guardrails" -f -a "policy" -d 'What holds over the settings of all agents and of models\' calls'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from prompts" -f -a "optimise" -d 'Search for a better prompt of an agent; cases that the search never sees decide'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from prompts" -f -a "show" -d 'Show a search with its candidates'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from prompts" -f -a "apply" -d 'Make a candidate a new version of its agent; it goes live through the gate alone'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from flywheel" -f -a "candidates" -d 'List traces worth a look, each reason in its turn'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from flywheel" -f -a "curate" -d 'Make a version of a dataset of traces'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from flywheel" -f -a "review" -d 'Look at the items of a dataset one by one: accept, edit or reject each'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from flywheel" -f -a "harvest" -d 'Make accepted corrections cases of a suite that must pass, if their agent fails them'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from flywheel" -f -a "export" -d 'Print a dataset in a form that others read'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tools" -f -a "list" -d 'List the tools, and which of them the key may use'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tools" -f -a "invoke" -d 'Run a tool, under the policy'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tools" -f -a "test" -d 'Show what a policy does with calls, without a daemon'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tools" -f -a "tickets" -d 'List the tickets that were opened (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from approvals" -f -a "list" -d 'List calls, the newest first'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from approvals" -f -a "approve" -d 'Let a call through, once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from approvals" -f -a "deny" -d 'Let a call not through'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "list" -d 'List rows; with --verify exit 1 where the chain of hashes is broken'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "verify" -d 'Verify the whole log, or an exported one; exit 1 where something was changed, removed or reordered'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "export" -d 'Write the log as JSONL, with its signed checkpoints, so that it can be verified elsewhere'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "new-key" -d 'Sign the log with a new key from now on, while no daemon of this home runs; the log says so'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "retention" -d 'Show or say how long rows and traces are kept'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from logs" -f -a "tail" -d 'Follow calls as they happen'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from teams" -f -a "list" -d 'List teams'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from teams" -f -a "create" -d 'Create a team'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from teams" -f -a "show" -d 'Show a team'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "list" -d 'List users with their roles and groups'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "groups" -d 'List groups, with how many belong to each'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "import" -d 'Add or change users from a YAML file (users, groups) or a CSV file (email, name, role, groups with ; between, active). What has no field or column stays as it is'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "update" -d 'Change a user\'s role or groups'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "deactivate" -d 'Let no call act for a user any longer, at once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "activate" -d 'Let calls act for a user again'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from operators" -f -a "list" -d 'List tokens'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from operators" -f -a "create" -d 'Create a token; it is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from operators" -f -a "revoke" -d 'Revoke a token: it stops working at once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from budgets" -f -a "list" -d 'List budgets with what is spent and held'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from budgets" -f -a "create" -d 'Create a budget: of the team, unless --key, --user or --tag names another'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from budgets" -f -a "update" -d 'Change a budget; a prepaid one is topped up by a higher limit'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from budgets" -f -a "remove" -d 'Remove a budget'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "list" -d 'List webhooks'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "create" -d 'Add a webhook; what signs its events is shown this once'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "delete" -d 'Remove a webhook, and what was to be sent to it'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "deliveries" -d 'List what was sent to a webhook, the newest first'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "resend" -d 'Send an event again'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from models" -f -a "list" -d 'List models and tiers'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tiers" -f -a "list" -d 'List tiers, and what each leads to'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tiers" -f -a "set" -d 'Say what a tier leads to, over what katonic.toml says; it holds from the next call on'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from tiers" -f -a "reset" -d 'Go back to what katonic.toml says of a tier'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "list" -d 'List the providers that can be called, and how they fare'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "add" -d 'Store a provider\'s key, read from standard input'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "test" -d 'Make one real call to a provider'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "remove" -d 'Remove a provider\'s stored key'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "refresh" -d 'Take newer facts of models over the ones that are built in'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "start" -d 'Serve until SIGTERM or Ctrl-C; calls under way may then end'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "stop" -d 'Stop the daemon of this home'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "status" -d 'Say whether a daemon of this home runs; exit 1 if not'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "logs" -d 'Show what a daemon that runs apart from a terminal wrote'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "check" -d 'Check this home: its configuration, and, while no daemon runs, its store and audit log'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "backup" -d 'Copy the store of the daemon, while it is used, into its data directory (for operators)'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from daemon" -f -a "restore" -d 'Put a copy in the place of the store, while no daemon runs; the store stays beside it'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from hub" -f -a "open" -d 'Print a link that signs you in, once, within two minutes'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "list" -d 'List the daemons that are known'
complete -c katonic -n "__fish_katonic_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "use" -d 'Use a daemon from now on'
