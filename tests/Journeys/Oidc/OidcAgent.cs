using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Testing;
using Xunit;

namespace Journeys.Oidc;

/// <summary>Debian's oidc-agent, unchanged: somebody at a terminal lets it in from a browser elsewhere (RFC 8628).</summary>
[Collection("oidc")]
public sealed partial class OidcAgent(OidcHouse house)
{
    [Fact]
    public async Task Somebody_at_a_terminal_lets_the_agent_in_by_a_code_and_gets_tokens_from_it()
    {
        var programs = Parts.RequireOidcAgent();
        var home = Directory.CreateTempSubdirectory("portal-agent-").FullName;
        Directory.CreateDirectory(Path.Combine(home, ".config", "oidc-agent"));
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string> { ["HOME"] = home, ["TMPDIR"] = home };
        var agent = JsonDocument.Parse(await Run("oidc-agent", "--json")).RootElement;
        environment["OIDC_SOCK"] = agent.GetProperty("socket").GetString()!;
        try
        {
            var page = await house.Visitor();
            using var generate = Start(
                "oidc-gen", together: true, "--flow=device", $"--issuer={house.Issuer}", "--client-id=portal-cli", "--client-secret=",
                "--scope=openid email offline_access", "--redirect-uri=http://localhost:4242", "--pw-cmd=echo a-word", "--confirm-default",
                "--prompt=none", "--no-url-call", "asha");
            generate.StandardInput.Close();
            var (address, said) = ("", "");
            using var patience = new CancellationTokenSource(Wait.Patience);
            while (await generate.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                said += line + "\n";
                if (Address().Match(line) is { Success: true } found) address = found.Value;
                if (Code().Match(line) is { Success: true } code)
                    await OidcHouse.Open(page, address, $"{house.Issuer}/device?handler=Decide", code.Value);
            }

            await generate.WaitForExitAsync();
            Assert.True(generate.ExitCode == 0, $"{said}\n{house.Said}");

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await Run("oidc-token", "asha")).Trim());
            using var answer = await http.GetAsync(new Uri($"{house.Issuer}/oidc/userinfo"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(OidcHouse.Email, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            using var process = Process.GetProcessById(int.Parse(Text("dpid"), System.Globalization.CultureInfo.InvariantCulture));
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(home, recursive: true);
        }

        string Text(string name) => agent.GetProperty(name).ToString();

        Process Start(string program, bool together, params string[] arguments)
        {
            // at a pipe instead of a terminal it would keep back what it says until its end; it asks people on the error stream
            string[] command = ["exec stdbuf -oL \"$0\" \"$@\"" + (together ? " 2>&1" : ""), Path.Combine(programs, program)];
            var start = new ProcessStartInfo("sh", ["-c", .. command, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment.Remove("XDG_RUNTIME_DIR");
            start.Environment.Remove("XDG_CONFIG_HOME");
            foreach (var (name, value) in environment) start.Environment[name] = value;
            return Process.Start(start)!;
        }

        async Task<string> Run(string program, params string[] arguments)
        {
            using var process = Start(program, together: false, arguments);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{program}: {output}{await process.StandardError.ReadToEndAsync()}");
            return output;
        }
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Address();

    [GeneratedRegex(@"\b[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}\b")]
    private static partial Regex Code();
}
