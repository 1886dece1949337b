#!/usr/bin/env bash
# Builds what the guests boot, of Debian's packages as they are today, and prints the folder that holds it:
#
#   vmlinuz, initrd    the newest kernel of the cloud flavour, and what finds the root
#   root.img           a small Debian with NFS's programs and this host's node
#
# Made once for each kernel, node and version of this script; older ones are removed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH="$PATH:/usr/sbin:/sbin"
PREFIX=/var/tmp/slateboard-nfs-guests-$(id -u)
readonly PREFIX
readonly PROGRAMS=(bash dash coreutils grep sed util-linux mount hostname procps kmod iproute2 netbase rpcbind
  nfs-common nfs-kernel-server e2fsprogs python3-minimal libc-bin)
# What stands between the kernel and its root; their dependencies come along.
readonly EARLY=(virtio_pci virtio_blk ext4 crc32c_generic overlay)

kernel_package() {
  apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)/\1/p' | head -n 1
}

node=$(readlink -f "$(command -v node)")
folder_of() {
  { printf '%s\n' "$1"; stat -c '%s %Y' "$node"; cat "$here/guests.sh" "$here/init"; } | sha256sum |
    sed "s|^\(.\{12\}\).*|$PREFIX-\1|"
}

folder=$(folder_of "$(kernel_package)")
if [ ! -e "$folder/complete" ] && [ "$(id -u)" -eq 0 ]; then
  # What apt knows may be old: packages of last month are not there any more.
  apt-get update -qq >&2
fi
kernel=$(kernel_package)
[ -n "$kernel" ] || { printf 'guests.sh: apt knows no kernel: run apt-get update\n' >&2; exit 1; }
folder=$(folder_of "$kernel")
if [ -e "$folder/complete" ]; then
  printf '%s\n' "$folder"
  exit 0
fi

for old in "$PREFIX"-*; do [ ! -e "$old" ] || rm -rf "$old"; done
mkdir "$folder"
trap '[ -e "$folder/complete" ] || rm -rf "$folder"' EXIT
cd "$folder"
printf 'building the guests: %s, node %s\n' "$kernel" "$(node --version)" >&2

# As if nothing were installed, so that all they depend on comes along.
mkdir -p debs/partial
: >status
apt-get -qq -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
  -o Dir::Cache::archives="$folder/debs" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
  -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" install "${PROGRAMS[@]}" </dev/null >&2
mkdir early
(cd early && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$kernel" busybox-static >&2)

# A package's files, into a tree whose /bin and /lib are links, as in every Debian of today.
unpack() {
  dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2" \
    --exclude './usr/share/doc/*' --exclude './usr/share/man/*' --exclude './usr/share/locale/*'
}
for tree in root ram; do
  mkdir -p "$tree"/usr/{bin,sbin,lib,lib64} "$tree"/{dev,proc,sys,run,tmp,etc,mnt,slate,disk,loose,var/lib/nfs,root}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
done
for package in debs/*.deb early/linux-image-*.deb; do unpack "$package" root; done
unpack early/busybox-static*.deb ram
mv root/boot/vmlinuz-* vmlinuz
rm -rf root/boot debs

cp "$node" root/usr/bin/node
ldd "$node" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | while read -r library; do
  [ -e "root$library" ] || install -D "$(readlink -f "$library")" "root$library"
done
printf 'root:x:0:0::/root:/bin/bash\n_rpc:x:101:65534::/run/rpcbind:/\nstatd:x:102:65534::/var/lib/nfs:/\n' >root/etc/passwd
printf 'root:x:0:\nnogroup:x:65534:\n' >root/etc/group
printf '127.0.0.1 localhost\n10.77.1.1 server\n10.77.1.2 alfa\n10.77.2.2 bravo\n' >root/etc/hosts
printf 'passwd: files\ngroup: files\nhosts: files\nnetgroup: files\n' >root/etc/nsswitch.conf
printf '#!/bin/sh\nexec node /slate/slate.js "$@"\n' >root/usr/bin/slate
chmod 755 root/usr/bin/slate
[ -e root/usr/bin/sh ] || ln -s dash root/usr/bin/sh

version=$(basename root/usr/lib/modules/*)
depmod -b "$folder/root" "$version"
mkdir ram/modules
# modules.dep has a line a module: what it depends on, the nearest first.
for module in "${EARLY[@]}"; do
  line=$(grep -E "/${module}\.ko[^/]*:" "root/usr/lib/modules/$version/modules.dep" || true)
  [ -n "$line" ] || continue # built in
  read -r -a dependencies <<<"${line#*:}"
  for ((at = ${#dependencies[@]} - 1; at >= -1; at--)); do
    if [ "$at" -lt 0 ]; then path=${line%%:*}; else path=${dependencies[at]}; fi
    file=$(basename "${path%%.ko*}").ko
    [ ! -e "ram/modules/$file" ] || continue
    case $path in
      *.xz) xz -dc "root/usr/lib/modules/$version/$path" >"ram/modules/$file" ;;
      *.zst) zstd -qdc "root/usr/lib/modules/$version/$path" >"ram/modules/$file" ;;
      *) cp "root/usr/lib/modules/$version/$path" "ram/modules/$file" ;;
    esac
    printf '%s\n' "$file" >>ram/modules/order
  done
done
cp "$here/init" ram/init
chmod 755 ram/init
(cd ram && find . -print0 | cpio --null --create --format=newc --owner=0:0 --quiet) >initrd
mke2fs -q -t ext4 -O ^has_journal -d root root.img "$(($(du -sm root | cut -f1) * 5 / 4 + 64))M" >/dev/null
rm -rf root ram early status
touch complete
printf '%s\n' "$folder"
