#!/bin/sh
# Builds and installs katonic. See usage below.
set -eu

usage() {
    cat <<'END'
Usage: ./install.sh [--sandbox] [--prefix DIR] [--profile PROFILE] [--no-completions] [--uninstall]

  --sandbox         start a local sandbox when installed; ends with a curl command to paste
  --prefix DIR      install to DIR/bin and DIR/share (default: ~/.local)
  --profile PROFILE cargo's profile: release (default) or dev
  --no-completions  leave the shells' completions alone
  --uninstall       remove what an installation to this prefix put there
END
}

say() { printf '%s\n' "install: $*" >&2; }
fail() { say "$1"; say "what to do: $2"; exit 1; }

prefix=${HOME:-/root}/.local
profile=release
sandbox=no
completions=yes
uninstall=no
while [ $# -gt 0 ]; do
    case $1 in
        --sandbox) sandbox=yes ;;
        --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder" "give one, such as --prefix /usr/local"; prefix=$2; shift ;;
        --prefix=*) prefix=${1#--prefix=} ;;
        --profile) [ $# -gt 1 ] || fail "--profile needs a name" "give release or dev"; profile=$2; shift ;;
        --profile=*) profile=${1#--profile=} ;;
        --no-completions) completions=no ;;
        --uninstall) uninstall=yes ;;
        -h|--help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

binary=$prefix/bin/katonic
bash_completion=$prefix/share/bash-completion/completions/katonic
zsh_completion=$prefix/share/zsh/site-functions/_katonic
fish_completion=$prefix/share/fish/vendor_completions.d/katonic.fish

if [ $uninstall = yes ]; then
    for file in "$binary" "$bash_completion" "$zsh_completion" "$fish_completion"; do
        if [ -e "$file" ]; then rm -f "$file" && say "removed $file"; fi
    done
    say "a sandbox's data, if there is one, stays in ${KATONIC_HOME:-$HOME/.katonic}: remove it by hand if you want"
    exit 0
fi

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here"

command -v cargo >/dev/null 2>&1 || fail "cargo is not there" "install Rust with your system's packages or rustup, then run this again"
if ! command -v cc >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing a C compiler (SQLite and TLS are built from source)"
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev; } >&2 \
            || fail "the C compiler could not be installed" "install gcc by hand, then run this again"
    else
        fail "a C compiler is not there (SQLite and TLS are built from source)" "install gcc, then run this again"
    fi
fi

say "building katonic ($profile); the first build takes some minutes"
cargo build --locked --profile "$profile" --bin katonic --manifest-path "$here/Cargo.toml" \
    || fail "the build failed" "read cargo's message above; a full disk and an old Rust are the usual causes"
folder=$profile
[ "$profile" = dev ] && folder=debug
built=${CARGO_TARGET_DIR:-$here/target}/$folder/katonic

mkdir -p "$prefix/bin" || fail "$prefix/bin can't be written" "choose another place with --prefix"
cp "$built" "$binary.new" && chmod 755 "$binary.new" && mv -f "$binary.new" "$binary" \
    || fail "$binary can't be written" "choose another place with --prefix"
say "installed $binary ($("$binary" version))"

if [ $completions = yes ]; then
    for pair in "bash:$bash_completion" "zsh:$zsh_completion" "fish:$fish_completion"; do
        file=${pair#*:}
        mkdir -p "$(dirname -- "$file")"
        "$binary" completions "${pair%%:*}" > "$file"
        say "installed $file"
    done
fi

case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) say "$prefix/bin is not on your PATH: add it with  export PATH=\"$prefix/bin:\$PATH\"" ;;
esac

if [ $sandbox = yes ]; then
    say "starting the sandbox"
    exec "$binary" sandbox up
fi
