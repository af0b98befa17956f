#!/usr/bin/env python3
"""Writes laptop/sysmon.evtx: six invented Sysmon events as a Windows event log file (one chunk, no
templates), after MS-EVEN6 "BinXml" and the layout that libevtx documents. `--check` compares."""
import struct
import sys
import zlib
from datetime import datetime, timezone
from pathlib import Path

CHUNK = 65536
EPOCH = 116_444_736_000_000_000  # 1601 to 1970, in units of 100 ns
OUT = Path(__file__).parent / "laptop/sysmon.evtx"
WINWORD = r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE"
PS = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
CMD = r"C:\Windows\System32\cmd.exe"
EVENTS = [  # time, id, user, image, command line, parent image
    ("08:01:10", r"LAPTOP7\amy", WINWORD, "WINWORD.EXE invoice.docm", r"C:\Windows\explorer.exe"),
    ("08:01:32", r"LAPTOP7\amy", PS, "powershell -NoProfile -File update.ps1", WINWORD),
    ("08:01:40", r"LAPTOP7\amy", CMD, "cmd /c whoami /all", PS),
    ("08:01:41", r"LAPTOP7\amy", r"C:\Windows\System32\whoami.exe", "whoami /all", CMD),
    ("08:02:05", r"LAPTOP7\amy", r"C:\Windows\System32\net.exe", "net user /domain", CMD),
    ("08:30:00", r"LAPTOP7\amy", r"C:\Windows\System32\notepad.exe", "notepad notes.txt",
     r"C:\Windows\explorer.exe"),
]


class Bin:
    def __init__(self, base):
        self.out, self.base = bytearray(), base

    def put(self, *b):
        self.out += bytes(b)

    def units(self, text):
        self.out += text.encode("utf-16-le")

    def count(self, text):
        self.out += struct.pack("<H", len(text.encode("utf-16-le")) // 2)

    def name(self, name):
        """A name that stands right behind the reference to it."""
        self.out += struct.pack("<I", self.base + len(self.out) + 4) + bytes(6)
        self.count(name)
        self.units(name)
        self.put(0, 0)

    def text(self, text):
        self.put(5, 1)
        self.count(text)
        self.units(text)

    def open(self, name, attributes=()):
        self.put(0x41 if attributes else 0x01, 0, 0, 0, 0)
        self.name(name)
        if attributes:
            self.put(0, 0, 0, 0)
        for n, (key, value) in enumerate(attributes):
            self.put(0x46 if n + 1 < len(attributes) else 0x06)
            self.name(key)
            self.text(value)

    def element(self, name, attributes=(), text=None):
        self.open(name, attributes)
        if text is None:
            self.put(3)
        else:
            self.put(2)
            self.text(text)
            self.put(4)


def content(n, event, base):
    at, user, image, line, parent = event
    b = Bin(base)
    b.put(0x0F, 1, 1, 0)
    b.open("Event", [("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event")])
    b.put(2)
    b.open("System")
    b.put(2)
    b.element("Provider", [("Name", "Microsoft-Windows-Sysmon"),
                           ("Guid", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}")])
    b.element("EventID", text="1")
    b.element("TimeCreated", [("SystemTime", f"2026-02-11T{at}.000000000Z")])
    b.element("EventRecordID", text=str(n))
    b.element("Channel", text="Microsoft-Windows-Sysmon/Operational")
    b.element("Computer", text="laptop7.example.org")
    b.put(4)
    b.open("EventData")
    b.put(2)
    for key, value in [
        ("UtcTime", f"2026-02-11 {at}.000"), ("ProcessGuid", "{%d}" % n),
        ("ProcessId", str(4000 + 4 * n)), ("Image", image), ("CommandLine", line),
        ("User", user), ("ParentImage", parent), ("ParentCommandLine", parent),
    ]:
        b.element("Data", [("Name", key)], value)
    b.put(4, 4, 0)
    return bytes(b.out)


def main():
    c = bytearray(CHUNK)
    at = last = 512
    for n, event in enumerate(EVENTS, 1):
        body = content(n, event, at + 24)
        size = len(body) + 28
        moment = datetime.fromisoformat(f"2026-02-11T{event[0]}").replace(tzinfo=timezone.utc)
        c[at:at + 24] = struct.pack("<4sIQQ", b"**\0\0", size, n,
                                    EPOCH + int(moment.timestamp()) * 10_000_000)
        c[at + 24:at + 24 + len(body)] = body
        c[at + size - 4:at + size] = struct.pack("<I", size)
        last, at = at, at + size
    c[:52] = struct.pack("<8sQQQQIII", b"ElfChnk\0", 1, len(EVENTS), 1, len(EVENTS), 128, last, at)
    c[52:56] = struct.pack("<I", zlib.crc32(c[512:at]))
    c[124:128] = struct.pack("<I", zlib.crc32(c[:120] + c[128:512]))
    f = bytearray(4096)
    f[:44] = struct.pack("<8sQQQIHHHH", b"ElfFile\0", 0, 0, len(EVENTS) + 1, 128, 1, 3, 4096, 1)
    f[124:128] = struct.pack("<I", zlib.crc32(f[:120]))
    made = bytes(f + c)
    if "--check" in sys.argv:
        sys.exit(0 if OUT.read_bytes() == made else f"{OUT} is not what this script writes")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(made)


main()
