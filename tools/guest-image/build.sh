#!/usr/bin/env bash
# Builds the tiny demo and test guest from Debian packages: kernel, busybox, QEMU guest agent.
#   build.sh OUTPUT_DIR   ->   vmlinuz, initramfs.gz (direct boot), disk.qcow2 (boots by BIOS) and packages (what is in them)
# Nothing is mounted and no loop device is used. Rebuilt only when an input changed; the same inputs give the same files.
set -euo pipefail
# The time of everything that is made, which mtools and syslinux look for.
export SOURCE_DATE_EPOCH=1767225600 TZ=UTC
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUTPUT_DIR}
mkdir -p "$out"
out=$(cd "$out" && pwd)
arch=$(dpkg --print-architecture)
[ "$arch" = amd64 ] || { echo "error: the tiny guest is built for amd64 only, this machine is $arch" >&2; exit 1; }

kernel_meta=linux-image-cloud-amd64
kernel_package() {
  apt-cache depends "$kernel_meta" 2> /dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1
}
kernel=$(kernel_package)
if [ -z "$kernel" ]; then
  echo "guest image: refreshing package lists"
  if [ "$(id -u)" = 0 ]; then apt-get update -q=2; else sudo apt-get update -q=2; fi
  kernel=$(kernel_package)
fi
[ -n "$kernel" ] || { echo "error: no package $kernel_meta; are Debian's package sources configured?" >&2; exit 1; }

stamp=$(cat "$here/init" "$here/udhcpc.script" "$here/dhcp6c.conf" "$here/build.sh" <(echo "$kernel") | sha256sum | cut -c1-16)
if [ "$(cat "$out/stamp" 2> /dev/null)" = "$stamp" ]; then
  echo "guest image: up to date ($out)"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
echo "guest image: downloading $kernel, qemu-guest-agent and wide-dhcpv6-client"
apt-get download -q=2 -o APT::Sandbox::User=root "$kernel" qemu-guest-agent wide-dhcpv6-client libfl2
dpkg-deb -x "$kernel"_*.deb kernel
dpkg-deb -x qemu-guest-agent_*.deb agent
for package in wide-dhcpv6-client libfl2; do dpkg-deb -x "$package"_*.deb dhcpv6; done
version=$(ls kernel/lib/modules)

echo "guest image: initramfs"
root=$work/root
mkdir -p "$root"/{bin,sbin,lib/modules,lib64,usr/sbin,proc,sys,dev,run,tmp,mnt,root,var/run,var/log,etc/acpi/PWRF}
cp /bin/busybox "$root/bin/"
cp agent/usr/sbin/qemu-ga "$root/usr/sbin/"
strip "$root/usr/sbin/qemu-ga"
# The agent's libraries come from this machine: the same release as the package.
ldd agent/usr/sbin/qemu-ga > libraries
if grep 'not found' libraries >&2; then echo "error: libraries of qemu-guest-agent are missing on this machine" >&2; exit 1; fi
awk '/=> \//{print $3}' libraries | while read -r library; do
  mkdir -p "$root/$(dirname "$library")"
  cp -L "$library" "$root/$library"
done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
ln -s ../usr/sbin/qemu-ga "$root/bin/qemu-ga"
# Without it the agent does not set the clock.
ln -s ../bin/busybox "$root/sbin/hwclock"

# Busybox here asks for IPv4 addresses only.
mkdir -p "$root/usr/lib/x86_64-linux-gnu" "$root/var/lib/dhcpv6"
cp dhcpv6/usr/sbin/dhcp6c "$root/usr/sbin/"
cp -L dhcpv6/usr/lib/x86_64-linux-gnu/libfl.so.2 "$root/usr/lib/x86_64-linux-gnu/"

# Drivers with what they depend on, in load order. The cloud kernel has neither AHCI nor watchdog drivers: disks are virtio or SCSI.
wanted='virtio_pci virtio_net virtio_blk virtio_console virtio_balloon virtio_rng virtio_scsi sr_mod sd_mod isofs button evdev'
depmod -b "$work/kernel" "$version"
for module in $wanted; do
  modprobe -d "$work/kernel" -S "$version" --show-depends "$module"
done > depends
sed -n 's/^insmod \([^ ]*\).*/\1/p' depends | awk '!seen[$0]++' | while read -r path; do
  cp "$path" "$root/lib/modules/"
  basename "$path" >> "$root/lib/modules/order"
done
# The kernel asks for a file system's driver when something of it is mounted; only few guests do.
for filesystem in ext4 virtiofs; do
  modprobe -d "$work/kernel" -S "$version" --show-depends "$filesystem" | sed -n 's/^insmod \([^ ]*\).*/\1/p' | while read -r path; do
    cp "$path" "$root/lib/modules/"
    basename "$path" >> "$root/lib/modules/fs-$filesystem"
  done
done
printf '#!/bin/sh\n# What the kernel calls: modprobe -q -- NAME.\nwhile read -r module; do insmod "/lib/modules/$module" 2> /dev/null; done < "/lib/modules/$3"\n' > "$root/sbin/modprobe"
chmod 755 "$root/sbin/modprobe"

install -m 755 "$here/init" "$root/init"
install -m 755 "$here/udhcpc.script" "$root/etc/udhcpc.script"
install -m 644 "$here/dhcp6c.conf" "$root/etc/dhcp6c.conf"
printf '#!/bin/sh\n# What the guest agent calls; busybox as pid 1 has no init to ask.\n(sleep 1; case "$*" in *-r*) reboot -f ;; *) poweroff -f ;; esac) &\n' > "$root/sbin/shutdown"
printf '#!/bin/sh\npoweroff -f\n' > "$root/etc/acpi/PWRF/00000080"
chmod 755 "$root/sbin/shutdown" "$root/etc/acpi/PWRF/00000080"
cat > "$root/usr/sbin/chpasswd" << 'EOF'
#!/bin/sh
# What the guest agent calls: lines of USER:PASSWORD. Busybox here has none.
while IFS= read -r line; do
  user=${line%%:*}
  grep -q "^$user:" /etc/passwd || { echo "chpasswd: no user $user" >&2; exit 1; }
  hash=$(printf %s "${line#*:}" | mkpasswd -m md5 -P 0 | sed 's/[&|\\]/\\&/g')
  sed -i "s|^$user:[^:]*:|$user:$hash:|" /etc/passwd
done
EOF
chmod 755 "$root/usr/sbin/chpasswd"
echo "root:$(openssl passwd -1 -salt virtkit virtkit):0:0:root:/root:/bin/sh" > "$root/etc/passwd"
echo 'root:x:0:' > "$root/etc/group"
printf 'PRETTY_NAME="Virtkit tiny guest"\nNAME="Virtkit tiny"\nID=virtkit-tiny\nVERSION="1"\nVERSION_ID="1"\n' > "$root/etc/os-release"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible | gzip -9n) > initramfs.gz
cp "kernel/boot/vmlinuz-$version" vmlinuz

echo "guest image: bootable disk"
truncate -s 30M boot.fat
mkfs.vfat -F 16 -n TINY --invariant boot.fat > /dev/null
mcopy -i boot.fat vmlinuz ::vmlinuz
mcopy -i boot.fat initramfs.gz ::initrd.gz
printf 'DEFAULT tiny\nPROMPT 0\nTIMEOUT 0\nLABEL tiny\n  KERNEL vmlinuz\n  INITRD initrd.gz\n  APPEND console=ttyS0 quiet\n' > syslinux.cfg
mcopy -i boot.fat syslinux.cfg ::syslinux.cfg
syslinux --install boot.fat
truncate -s 32M disk.raw
printf 'label: dos\nlabel-id: 0x76697274\nstart=2048,size=61440,type=e,bootable\n' | sfdisk -q disk.raw
dd if=/usr/lib/SYSLINUX/mbr.bin of=disk.raw conv=notrunc bs=440 count=1 status=none
dd if=boot.fat of=disk.raw conv=notrunc,sparse bs=1M seek=1 status=none
qemu-img convert -f raw -O qcow2 disk.raw disk.qcow2

# Descriptions of the packages that the files above come from, as dpkg has them.
fields='Package|Status|Version|Architecture|Source|Maintainer|Homepage'
owner() { dpkg -S "$1" 2> /dev/null || dpkg -S "/usr$1"; }
{
  for package in *.deb; do
    echo 'Status: install ok installed'
    dpkg-deb -f "$package" ${fields//|/ }
    echo
  done
  { echo busybox-static; echo syslinux; awk '/=> \//{print $3}' libraries | while read -r library; do owner "$library" | cut -d: -f1; done; } |
    LC_ALL=C sort -u | while read -r package; do dpkg-query -s "$package" | grep -E "^($fields):"; echo; done
} > packages

mv vmlinuz initramfs.gz disk.qcow2 packages "$out/"
echo "$stamp" > "$out/stamp"
(cd "$out" && du -k vmlinuz initramfs.gz disk.qcow2 | awk '{printf "guest image: %s %.1f MB\n", $2, $1/1024}')
