complete --keep-order --exclusive --command katonic --arguments "(KATONIC_COMPLETE=fish katonic -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
