set edit:completion:arg-completer[katonic] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) KATONIC_COMPLETE="elvish" katonic -- $@words) | to-lines
}
