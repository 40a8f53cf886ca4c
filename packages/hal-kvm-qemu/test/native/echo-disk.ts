/**
 * A guest without an operating system: a boot sector that says READY on the first serial port and then sends back each byte it
 * gets; for `!` it sends 65,535 times `x` and a dot. The assembly, for the port's registers see any 16550 data sheet:
 *
 *       xor ax,ax; mov ds,ax; mov si,text; cld
 * next: lodsb; test al,al; jz echo; call putc; jmp next
 * echo: mov dx,3fdh; in al,dx; test al,1; jz echo; mov dx,3f8h; in al,dx; cmp al,'!'; je flood; call putc; jmp echo
 * flood: mov cx,ffffh
 * more: mov al,'x'; call putc; loop more; mov al,'.'; call putc; jmp echo
 * putc: push ax; mov dx,3fdh
 * wait: in al,dx; test al,20h; jz wait; pop ax; mov dx,3f8h; out dx,al; ret
 * text: "READY\r\n",0
 */
const PROGRAM =
  '31c08ed8be477cfcac84c07405e82800ebf6bafd03eca80174f8baf803ec3c217405e81300ebebb9ffffb078e80900e2f9b02ee80200ebda' +
  '50bafd03eca82074fb58baf803eec352454144590d0a00';

/** The disk image: 1 MiB, bootable by a BIOS. */
export function echoDisk(): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  Buffer.from(PROGRAM, 'hex').copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** How many bytes the guest answers to `!`. */
export const FLOOD_BYTES = 0xffff + 1;

/** A small domain that boots that disk, with a screen, a serial console and an agent channel without an agent. */
export function echoDomain(name: string, disk: string): string {
  return `<domain type='qemu'>
  <name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${disk}'/><target dev='sda' bus='sata'/></disk>
    <serial type='pty'/><video><model type='vga'/></video>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
  </devices>
</domain>`;
}
