using System.Diagnostics;
using Testing;

namespace Journeys;

/// <summary>A key pair made by ssh-keygen, as a customer's is, and ssh with it.</summary>
internal sealed class SshKey : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("portal-ssh-").FullName;

    private string Private => Path.Combine(folder, "id_ed25519");

    public string PublicKey { get; private set; } = "";

    public static async Task<SshKey> Make()
    {
        var key = new SshKey();
        await Output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "asha@laptop", "-f", key.Private);
        key.PublicKey = (await File.ReadAllTextAsync(key.Private + ".pub")).Trim();
        return key;
    }

    /// <summary>Runs the command on the server as root; waits until sshd lets us in.</summary>
    public Task<string> Run(string address, string command) => Wait.For(
        async () =>
        {
            var (code, text) = await TryOutput(
                "ssh", "-i", Private, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
                "-o", "ConnectTimeout=5", "-o", "LogLevel=ERROR", $"root@{address}", command);
            return code == 0 ? text.Trim() : null;
        },
        $"ssh root@{address}");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<string> Output(string program, params string[] arguments)
    {
        var (code, text) = await TryOutput(program, arguments);
        return code == 0 ? text : throw new InvalidOperationException($"{program} ended with {code}: {text}");
    }

    private static async Task<(int Code, string Text)> TryOutput(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text.Length > 0 ? text : await error);
    }
}
