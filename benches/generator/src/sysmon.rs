//! Sysmon events as nxlog writes them: flat JSON, one line each, EventID 1, 3, 7, 11, 12 and 13.

use crate::out::Out;
use crate::rng::Rng;

/// Windows paths as JSON holds them: each backslash escaped.
const IMAGES: [&str; 12] = [
    r"C:\\Windows\\System32\\svchost.exe",
    r"C:\\Windows\\explorer.exe",
    r"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    r"C:\\Windows\\System32\\cmd.exe",
    r"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    r"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    r"C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
    r"C:\\Windows\\System32\\rundll32.exe",
    r"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
    r"C:\\Windows\\System32\\lsass.exe",
    r"C:\\Users\\Public\\Downloads\\setup_64.exe",
    r"C:\\Windows\\System32\\schtasks.exe",
];
const ARGUMENTS: [&str; 8] = [
    r" -k netsvcs -p -s Schedule",
    r" -NoProfile -ExecutionPolicy Bypass -EncodedCommand SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA",
    r#" /c \"echo %TEMP% & dir C:\\Users\\\""#,
    r" --type=renderer --lang=de --field-trial-handle=1832",
    r" /create /tn \\Acme\\Update /tr C:\\ProgramData\\u.exe /sc minute",
    r" C:\\Windows\\System32\\shell32.dll,Control_RunDLL",
    r#" /n \"C:\\Users\\j.müller\\Documents\\Angebot.docx\" /o \"\""#,
    "",
];
const MODULES: [&str; 4] = ["ntdll.dll", "amsi.dll", "samlib.dll", "clr.dll"];
const KEYS: [&str; 4] = [
    r"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater",
    r"HKU\\S-1-5-21-477444970-2264162048-1418806404-1105\\Software\\Classes\\ms-settings\\shell",
    r"HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-18",
    r"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\\DisableAntiSpyware",
];
const DETAILS: [&str; 4] =
    ["DWORD (0x00000001)", "Binary Data", r"C:\\ProgramData\\u.exe -q", "(Empty)"];
const HOSTS: u64 = 400;
const USERS: u64 = 300;

/// The source of events.
pub struct Sysmon {
    rng: Rng,
    micros: u64,
    record: u64,
}

impl Sysmon {
    /// A domain whose events depend on `seed` alone.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let micros = 40 * 86_400_000_000 + rng.below(86_400_000_000);
        Sysmon { rng, micros, record: 1_000_000 }
    }

    /// Appends one event and a newline.
    pub fn event(&mut self, out: &mut Out) {
        self.micros += 100 + self.rng.below(9_000);
        self.record += 1;
        let (id, category) = match self.rng.below(100) {
            0..20 => (1, "Process Create (rule: ProcessCreate)"),
            20..40 => (3, "Network connection detected (rule: NetworkConnect)"),
            40..60 => (7, "Image loaded (rule: ImageLoad)"),
            60..75 => (11, "File created (rule: FileCreate)"),
            75..85 => (12, "Registry object added or deleted (rule: RegistryEvent)"),
            _ => (13, "Registry value set (rule: RegistryEvent)"),
        };
        let host = self.rng.below(HOSTS);
        let user = self.rng.below(USERS);
        out.s(r#"{"EventTime":""#).time(self.micros, " ", 0);
        out.s(r#"","Hostname":"WS-"#).pad(host, 4);
        out.s(concat!(
            r#".acme.example","Keywords":-9223372036854775808,"EventType":"INFO","#,
            r#""SeverityValue":2,"Severity":"INFO","EventID":"#
        ));
        out.n(id).s(r#","EventCode":"#).n(id);
        out.s(concat!(
            r#","SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"#,
            r#""{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Version":5,"Task":"#
        ));
        out.n(id).s(r#","OpcodeValue":0,"RecordNumber":"#).n(self.record);
        out.s(r#","ProcessID":"#).n(2000 + host).s(r#","ThreadID":"#).n(3000 + host);
        out.s(concat!(
            r#","Channel":"Microsoft-Windows-Sysmon/Operational","Domain":"NT AUTHORITY","#,
            r#""AccountName":"SYSTEM","UserID":"S-1-5-18","AccountType":"User","Category":""#
        ));
        out.s(category).s(r#"","Opcode":"Info","RuleName":"-","UtcTime":""#);
        out.time(self.micros, " ", 3).s(r#"","ProcessGuid":""#);
        self.guid(out);
        out.s(r#"","ProcessId":""#).n(4 * self.rng.below(5_000)).s(r#"","Image":""#);
        out.s(self.rng.pick(&IMAGES)).s(r#"","User":"ACME\\user"#).pad(user, 3).s("\"");
        match id {
            1 => self.process(out, user),
            3 => self.network(out, host),
            7 => self.module(out),
            11 => {
                out.s(r#","TargetFilename":"C:\\Users\\user"#).pad(user, 3);
                out.s(r"\\AppData\\Local\\Temp\\").hex(self.rng.bits(), 8);
                out.s(r#".tmp","CreationUtcTime":""#).time(self.micros, " ", 3).s("\"");
            }
            _ => {
                out.s(r#","TargetObject":""#).s(self.rng.pick(&KEYS));
                if id == 13 {
                    out.s(r#"","EventTypeName":"SetValue","Details":""#);
                    out.s(self.rng.pick(&DETAILS)).s("\"");
                } else {
                    out.s(r#"","EventTypeName":"CreateKey""#);
                }
            }
        }
        out.s(r#","EventReceivedTime":""#).time(self.micros + 1_000_000, " ", 0);
        out.s(r#"","SourceModuleName":"in","SourceModuleType":"im_msvistalog"}"#).s("\n");
    }

    fn guid(&mut self, out: &mut Out) {
        out.s("{").uuid((self.rng.bits(), self.rng.bits())).s("}");
    }

    fn process(&mut self, out: &mut Out, user: u64) {
        let image = self.rng.pick(&IMAGES);
        out.s(
            r#","FileVersion":"10.0.19041.1 (WinBuild.160101.0800)","Description":"Host Process","#,
        );
        out.s(r#""Product":"Microsoft® Windows® Operating System","Company":"Microsoft Corporation","#);
        out.s(r#""OriginalFileName":"HOST.EXE","CommandLine":"\""#).s(image).s(r#"\""#);
        out.s(self.rng.pick(&ARGUMENTS)).s(r#"","CurrentDirectory":"C:\\Users\\user"#).pad(user, 3);
        out.s(r#"\\","LogonGuid":""#);
        self.guid(out);
        out.s(r#"","LogonId":"0x"#).hex(self.rng.bits(), 6);
        out.s(r#"","TerminalSessionId":"1","IntegrityLevel":"Medium","Hashes":"SHA256="#);
        for _ in 0..4 {
            out.hex(self.rng.bits(), 16);
        }
        out.s(r#"","ParentProcessGuid":""#);
        self.guid(out);
        out.s(r#"","ParentProcessId":""#).n(4 * self.rng.below(5_000));
        out.s(r#"","ParentImage":""#).s(self.rng.pick(&IMAGES));
        out.s(r#"","ParentCommandLine":""#).s(self.rng.pick(&IMAGES)).s("\"");
    }

    fn network(&mut self, out: &mut Out, host: u64) {
        let bits = self.rng.bits();
        out.s(r#","Protocol":"tcp","Initiated":"true","SourceIsIpv6":"false","SourceIp":"10.1."#);
        out.n(host / 250).s(".").n(host % 250 + 1).s(r#"","SourceHostname":"WS-"#).pad(host, 4);
        out.s(r#".acme.example","SourcePort":""#).n(49_152 + (bits & 0x3FFF));
        out.s(r#"","SourcePortName":"-","DestinationIsIpv6":"false","DestinationIp":"203.0.113."#);
        out.n(bits >> 56).s(r#"","DestinationHostname":"-","DestinationPort":""#);
        out.s(self.rng.pick(&["443", "80", "445", "3389", "53"]));
        out.s(r#"","DestinationPortName":"https""#);
    }

    fn module(&mut self, out: &mut Out) {
        out.s(r#","ImageLoaded":"C:\\Windows\\System32\\"#).s(self.rng.pick(&MODULES));
        out.s(r#"","FileVersion":"10.0.19041.1","Description":"NT Layer DLL","Signed":"true","#);
        out.s(r#""Signature":"Microsoft Windows","SignatureStatus":"Valid","Hashes":"SHA256="#);
        for _ in 0..4 {
            out.hex(self.rng.bits(), 16);
        }
        out.s("\"");
    }
}
