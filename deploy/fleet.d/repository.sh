# shellcheck shell=bash
# shellcheck disable=SC2154  # the settings come from settings.sh and deploy/fleet
# The hermetic apt repository: signed with a key made on the spot, served on loopback. Each host
# has a view of its own below www/, so that a fault can spoil it for one host alone.

make_repository() {
    local package
    for package in "${all_packages[@]}"; do
        build_package "$package" 1.0-1 well
        build_package "$package" 1.0-2 by-name
    done
    mkdir -p "$fleet_dir/gnupg"
    chmod 700 "$fleet_dir/gnupg"
    sign_with --passphrase '' --quick-generate-key 'patchflow fleet <fleet@localhost>' \
        ed25519 sign never
    sign_with --export >"$fleet_dir/repository.gpg"
    index_repository "$fleet_dir/repository"
}

# gpg with the fleet's own key; its agent does not outlive the call.
sign_with() {
    local status=0
    GNUPGHOME=$fleet_dir/gnupg gpg --batch --quiet --no-tty --pinentry-mode loopback "$@" \
        9>&- || status=$?
    GNUPGHOME=$fleet_dir/gnupg gpgconf --kill all 9>&- || true
    return $status
}

# Writes Packages and a signed Release. The indices also lie there by their hash, so that a host
# that reads while a version is published gets a consistent set.
index_repository() {
    local root=$1 suite=$1/dists/stable-security index hash
    local binary
    binary=main/binary-$(dpkg --print-architecture)
    mkdir -p "$suite/$binary"
    (cd "$root" && apt-ftparchive packages pool) >"$suite/$binary/Packages.new"
    mv "$suite/$binary/Packages.new" "$suite/$binary/Packages"
    gzip -9 -k -f -n "$suite/$binary/Packages"
    for index in Packages Packages.gz; do
        hash=$(sha256sum "$suite/$binary/$index" | cut -d' ' -f1)
        mkdir -p "$suite/$binary/by-hash/SHA256"
        cp "$suite/$binary/$index" "$suite/$binary/by-hash/SHA256/$hash"
    done
    (cd "$suite" && apt-ftparchive \
        -o APT::FTPArchive::Release::Origin='Patchflow Fleet' \
        -o APT::FTPArchive::Release::Label=Patchflow-Fleet-Security \
        -o APT::FTPArchive::Release::Suite=stable-security \
        -o APT::FTPArchive::Release::Codename=fleet-security \
        -o APT::FTPArchive::Release::Components=main \
        -o APT::FTPArchive::Release::Architectures="$(dpkg --print-architecture)" \
        -o APT::FTPArchive::Release::Acquire-By-Hash=yes \
        -o APT::FTPArchive::MD5=false -o APT::FTPArchive::SHA1=false \
        -o APT::FTPArchive::SHA512=false \
        release "$binary") >"$fleet_dir/Release.new"
    # Paths in Release are relative to the suite.
    sed -i -E "s#^( [0-9a-f]+ +[0-9]+ )#\1$binary/#" "$fleet_dir/Release.new"
    sign_with --yes --clearsign --output "$fleet_dir/InRelease.new" "$fleet_dir/Release.new"
    mv "$fleet_dir/InRelease.new" "$suite/InRelease"
    rm -f "$fleet_dir/Release.new"
}

publish() {
    local behaviour=by-name
    [ "${3:-}" != --well-behaved ] || behaviour=well
    check_release "$@"
    build_package "$1" "$2" "$behaviour"
    index_repository "$fleet_dir/repository"
    say "$1 $2 is offered"
}

withdraw() {
    check_release "$@"
    rm -f "$fleet_dir/repository/pool/${1}_${2}_$(architecture_of_package "$1").deb"
    index_repository "$fleet_dir/repository"
    say "$1 $2 is no longer offered"
}

check_release() {
    [ $# -ge 2 ] || usage_error "a package and a version are needed"
    is_fleet_package "$1" || usage_error "'$1' is none of ${all_packages[*]}"
    [[ $2 =~ ^[0-9][A-Za-z0-9.+~-]*$ ]] || usage_error "'$2' is not a version"
    [ -e "$fleet_dir/complete" ] || fail "there is no fleet in $fleet_dir: deploy/fleet up N first"
}

start_repository() {
    if repository_answers; then return; fi
    say "serving the repository on $fleet_network.10:$repository_port"
    env "$fleet_mark" setsid python3 -m http.server --bind "$fleet_network.10" \
        --directory "$fleet_dir/www" "$repository_port" \
        </dev/null >"$fleet_dir/repository.log" 2>&1 9>&- &
    for _ in {1..100}; do
        if repository_answers; then return; fi
        sleep 0.1
    done
    fail "the repository does not answer: see $fleet_dir/repository.log"
}

# Only our own counts: what another server on that address says would not have this path.
repository_answers() {
    local reply=
    exec 8<>"/dev/tcp/$fleet_network.10/$repository_port" || return 1
    printf 'GET /fleet-id HTTP/1.0\r\n\r\n' >&8
    reply=$(cat <&8)
    exec 8>&-
    [[ $reply == *"$(cat "$fleet_dir/www/fleet-id")"* ]]
} 2>/dev/null
