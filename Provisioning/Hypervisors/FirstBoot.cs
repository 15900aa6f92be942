namespace Provisioning.Hypervisors;

/// <summary>
/// The script that a new guest runs once. A shell script rather than cloud-config: cloud-init runs it, and so do small images that
/// have no cloud-init.
/// </summary>
internal static class FirstBoot
{
    public static string Script(string hostname, string sshKey) => $$"""
        #!/bin/sh
        umask 077
        mkdir -p /root/.ssh
        printf '%s\n' {{Quoted(sshKey)}} > /root/.ssh/authorized_keys
        chmod 700 /root/.ssh
        chmod 600 /root/.ssh/authorized_keys
        umask 022
        printf '%s\n' {{Quoted(hostname)}} > /etc/hostname
        hostname {{Quoted(hostname)}} 2>/dev/null || true
        grep -q '^127\.0\.1\.1' /etc/hosts 2>/dev/null || printf '127.0.1.1 %s\n' {{Quoted(hostname)}} >> /etc/hosts

        """;

    private static string Quoted(string text)
    {
        if (text.Any(char.IsControl)) throw new ArgumentException("A line of the first-boot script holds a control character.", nameof(text));
        return $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
