#!/bin/sh
# Installs katonic, from its source or from a release. See usage below.
set -eu

usage() {
    cat <<'END'
Usage: ./install.sh [--from FILE|URL] [--sandbox] [--prefix DIR] [--profile PROFILE] [--no-completions] [--uninstall]

  --from FILE|URL   install a release's archive, whose checksum lies beside it in FILE.sha256; without it, build
  --sandbox         start a local sandbox when installed; ends with a curl command to paste
  --prefix DIR      install to DIR/bin and DIR/share (default: ~/.local)
  --profile PROFILE cargo's profile: release (default) or dev
  --no-completions  leave the shells' completions alone
  --uninstall       remove what an installation to this prefix put there, as `katonic self uninstall` does
END
}

say() { printf '%s\n' "install: $*" >&2; }
fail() { say "$1"; say "what to do: $2"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

prefix=${HOME:-/root}/.local
profile=release
from=
sandbox=no
completions=yes
uninstall=no
while [ $# -gt 0 ]; do
    case $1 in
        --from) [ $# -gt 1 ] || fail "--from needs an archive" "give its file or its https address"; from=$2; shift ;;
        --from=*) from=${1#--from=} ;;
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
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac

binary=$prefix/bin/katonic
# What is installed, a path below the prefix a line: who uninstalls removes these and nothing else.
manifest=$prefix/share/katonic/installed

if [ $uninstall = yes ]; then
    [ -r "$manifest" ] || fail "nothing of ours is installed to $prefix" "name the right place with --prefix"
    while read -r file; do
        case $file in /*|..*|*/..*) fail "$manifest names $file" "remove what it lists by hand" ;; esac
        rm -f "$prefix/$file"
    done < "$manifest"
    say "removed $(wc -l < "$manifest" | tr -d ' ') files below $prefix"
    rm -f "$manifest"
    rmdir "$prefix/share/katonic" 2>/dev/null || true
    say "a sandbox's data, if there is one, stays in ${KATONIC_HOME:-${HOME:-/root}/.katonic}: remove it by hand if you want"
    exit 0
fi

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fetch() {
    case $1 in
        https://*|http://127.0.0.1*)
            if has curl; then curl -fsSL --proto '=https,http' --proto-redir '=https' -o "$2" "$1"
            elif has wget; then wget -q -O "$2" "$1"
            else fail "neither curl nor wget is there" "install one of them, or download the archive by hand and give its file"
            fi || fail "$1 can't be had" "check the address and the network" ;;
        *://*) fail "$1 is no https address" "releases are fetched over https only" ;;
        *) [ -r "$1" ] || fail "$1 can't be read" "check the path"; cp "$1" "$2" ;;
    esac
}

digest() {
    if has sha256sum; then sha256sum "$1"
    elif has shasum; then shasum -a 256 "$1"
    elif has openssl; then openssl dgst -sha256 -r "$1"
    else fail "no program here makes SHA-256 sums" "install coreutils, perl or openssl"
    fi | cut -d ' ' -f 1
}

from_release() {
    has tar || fail "tar is not there" "install it, then run this again"
    has gzip || fail "gzip is not there" "install it, then run this again"
    fetch "$from" "$work/archive.tar.gz"
    fetch "$from.sha256" "$work/archive.sha256"
    expected=$(cut -d ' ' -f 1 "$work/archive.sha256")
    found=$(digest "$work/archive.tar.gz")
    [ "$expected" = "$found" ] || fail "$from is not what its checksum says" "nothing was installed; fetch both files again"
    say "$from is as its checksum says"
    tar -xzf "$work/archive.tar.gz" -C "$work" || fail "$from is no archive" "fetch it again"
    built=$(echo "$work"/katonic-*/katonic)
    [ -x "$built" ] || fail "$from holds no katonic" "give an archive of a release"
    "$built" --version >/dev/null 2>&1 \
        || fail "the katonic of $from does not run here" "take the archive for this system ($(uname -m)), or build from source without --from"
}

from_source() {
    [ -f "$here/Cargo.toml" ] || fail "the source is not here" "run this in the repository, or name a release with --from"
    has cargo || fail "cargo is not there" "install Rust with your system's packages or rustup, then run this again; or name a release with --from"
    if ! has cc; then
        if [ "$(id -u)" = 0 ] && has apt-get; then
            say "installing a C compiler (SQLite and TLS are built from source)"
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev; } >&2 \
                || fail "the C compiler could not be installed" "install gcc by hand, then run this again"
        else
            fail "a C compiler is not there (SQLite and TLS are built from source)" "install gcc, then run this again"
        fi
    fi
    say "building katonic ($profile); the first build takes some minutes"
    (cd "$here" && cargo build --locked --profile "$profile" --bin katonic) \
        || fail "the build failed" "read cargo's message above; a full disk and an old Rust are the usual causes"
    folder=$profile
    [ "$profile" = dev ] && folder=debug
    built=${CARGO_TARGET_DIR:-$here/target}/$folder/katonic
}

if [ -n "$from" ]; then from_release; else from_source; fi

mkdir -p "$prefix/bin" "$prefix/share/katonic" || fail "$prefix can't be written" "choose another place with --prefix"
placed=no
cp "$built" "$binary.new" && chmod 755 "$binary.new" && mv -f "$binary.new" "$binary" && placed=yes
[ $placed = yes ] || fail "$binary can't be written" "choose another place with --prefix"
echo bin/katonic > "$work/installed"
say "installed $binary ($("$binary" version))"

if [ $completions = yes ]; then
    for pair in bash:share/bash-completion/completions/katonic zsh:share/zsh/site-functions/_katonic \
        fish:share/fish/vendor_completions.d/katonic.fish; do
        file=${pair#*:}
        mkdir -p "$(dirname -- "$prefix/$file")"
        "$binary" completions "${pair%%:*}" > "$prefix/$file"
        echo "$file" >> "$work/installed"
        say "installed $prefix/$file"
    done
fi

pages=share/man/man1
mkdir -p "$work/man" "$prefix/$pages"
"$binary" man "$work/man" >/dev/null
for page in "$work"/man/*.1; do
    cp "$page" "$prefix/$pages/"
    echo "$pages/${page##*/}" >> "$work/installed"
done
say "installed the manual pages to $prefix/$pages"
cp "$work/installed" "$manifest"

case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) say "$prefix/bin is not on your PATH: add it with  export PATH=\"$prefix/bin:\$PATH\"" ;;
esac

if [ $sandbox = yes ]; then
    say "starting the sandbox"
    rm -rf "$work"
    exec "$binary" sandbox up
fi
