using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Journeys.Oidc;

/// <summary>A site behind Apache's mod_auth_openidc, a certified relying party, unchanged from Debian.</summary>
[Collection("oidc")]
public sealed class OidcApache(OidcHouse house)
{
    [Fact]
    public async Task Somebody_signs_in_at_the_site_which_is_told_who_it_is_and_signs_out()
    {
        await using var apache = await Apache.Start(house.Issuer);
        var page = await house.Visitor();
        await SignsIn(page);
        await Expect(page.Locator("body")).ToContainTextAsync($"email={OidcHouse.Email}");
        await Expect(page.Locator("body")).ToContainTextAsync("name=Asha Rao");
        await Expect(page.Locator("body")).ToContainTextAsync("token=yes");

        var after = Uri.EscapeDataString($"{OidcHouse.Apache}/signed-out.html");
        await OidcHouse.Open(page, $"{OidcHouse.Apache}/private/callback?logout={after}", $"{OidcHouse.Apache}/signed-out.html");
        await page.GotoAsync($"{OidcHouse.Apache}/private/");
        Assert.StartsWith($"{house.Issuer}/oidc/sign-in", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_at_the_portal_ends_the_session_at_the_site()
    {
        await using var apache = await Apache.Start(house.Issuer);
        var page = await house.Visitor();
        await SignsIn(page);

        var portal = await page.Context.NewPageAsync();
        await portal.GotoAsync($"{house.Issuer}/sign-out");
        await portal.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button).First.ClickAsync();
        await portal.WaitForURLAsync($"{house.Issuer}/signed-out");

        await Wait.Until(
            async () =>
            {
                await page.GotoAsync($"{OidcHouse.Apache}/private/");
                return page.Url.StartsWith($"{house.Issuer}/oidc/sign-in", StringComparison.Ordinal);
            },
            "the site's session to end by the back channel");
    }

    private async Task SignsIn(IPage page)
    {
        await page.GotoAsync($"{OidcHouse.Apache}/private/");
        Assert.StartsWith(house.Issuer, page.Url, StringComparison.Ordinal);
        await OidcHouse.SayYes(page, $"{OidcHouse.Apache}/private/");
    }

    /// <summary>An Apache of its own in a folder of its own, and behind it the site, which shows what it is told.</summary>
    private sealed class Apache : IAsyncDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("portal-apache-").FullName;
        private readonly string site = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");
        private WebApplication? behind;
        private Process? process;

        public static async Task<Apache> Start(string issuer)
        {
            var program = Parts.RequireApache();
            var apache = new Apache();
            try
            {
                await apache.Open(program, issuer);
                return apache;
            }
            catch
            {
                await apache.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            if (process is not null) await process.WaitForExitAsync();
            process?.Dispose();
            if (behind is not null) await behind.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        private async Task Open(string program, string issuer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls(site);
            behind = builder.Build();
            behind.MapGet("/private/", (HttpRequest request) => string.Join(
                '\n',
                $"email={request.Headers["OIDC_CLAIM_email"]}", $"name={request.Headers["OIDC_CLAIM_name"]}",
                $"token={(request.Headers["OIDC_access_token"].Count > 0 ? "yes" : "no")}"));
            await behind.StartAsync();

            await File.WriteAllTextAsync(Path.Combine(folder, "signed-out.html"), "<h1>Signed out of the site</h1>");
            await File.WriteAllTextAsync(Path.Combine(folder, "apache.conf"), Configuration(issuer));
            // as root it gives its rights up, and its children read the pages
            if (OperatingSystem.IsLinux()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
            var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])["-d", folder, "-f", Path.Combine(folder, "apache.conf"), "-DFOREGROUND"]) start.ArgumentList.Add(argument);
            process = Process.Start(start)!;
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            await Wait.Until(
                async () =>
                {
                    if (process.HasExited) Assert.Fail($"Apache ended: {await process.StandardError.ReadToEndAsync()} {await Log()}");
                    try
                    {
                        return (await http.GetAsync(new Uri($"{OidcHouse.Apache}/signed-out.html"))).StatusCode == HttpStatusCode.OK;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                "Apache");
        }

        private async Task<string> Log() =>
            File.Exists(Path.Combine(folder, "error.log")) ? await File.ReadAllTextAsync(Path.Combine(folder, "error.log")) : "";

        private string Configuration(string issuer) => $"""
            ServerName 127.0.0.1
            Listen {new Uri(OidcHouse.Apache).Authority}
            PidFile {folder}/apache.pid
            ErrorLog {folder}/error.log
            DocumentRoot {folder}
            User nobody
            Group nogroup
            {string.Join('\n', Modules.Select(name => $"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"))}
            TypesConfig /dev/null
            AddType text/html .html
            StartServers 1
            OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
            OIDCClientID apache
            OIDCClientSecret "{OidcHouse.Secret}"
            OIDCProviderTokenEndpointAuth client_secret_basic
            OIDCPKCEMethod S256
            OIDCScope "openid profile email"
            OIDCRedirectURI {OidcHouse.Apache}/private/callback
            OIDCCryptoPassphrase {Guid.NewGuid():N}
            OIDCIDTokenSignedResponseAlg ES256
            OIDCCookieSameSite On
            OIDCPassClaimsAs headers
            <Location /private/>
              AuthType openid-connect
              Require valid-user
              ProxyPass {site}/private/
            </Location>
            """;

        private static readonly string[] Modules =
            ["mpm_event", "authn_core", "authz_core", "authz_user", "mime", "proxy", "proxy_http", "auth_openidc"];
    }
}
