using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Data.Sqlite;
using Testing;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>An OpenID provider by others, as a process of its own on a port of its own.</summary>
internal sealed class OtherProvider : IAsyncDisposable
{
    public const string ClientId = "portal";
    public const string Secret = "portal-secret-at-the-other-provider";
    public const string User = "asha";
    private const string Groups = "groups";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly string folder;
    private readonly HttpClient person;

    private OtherProvider(Process process, string folder, int port, string issuer)
    {
        (this.process, this.folder, Port, Issuer) = (process, folder, port, issuer);
        person = Person();
    }

    public int Port { get; }

    public string Issuer { get; }

    /// <summary>npm's oidc-provider with one account.</summary>
    public static async Task<OtherProvider> StartNode(int port, Uri portal, string callback)
    {
        var issuer = $"http://localhost:{port}";
        var settings = JsonSerializer.Serialize(new
        {
            modules = Parts.RequireNodeModules(),
            port,
            clients = new[]
            {
                new
                {
                    client_id = ClientId,
                    client_secret = Secret,
                    redirect_uris = new[] { new Uri(portal, callback).ToString() },
                    post_logout_redirect_uris = new[] { new Uri(portal, "/signed-out").ToString() },
                    backchannel_logout_uri = new Uri(portal, "/sign-in/back-channel-logout").ToString(),
                    backchannel_logout_session_required = true,
                },
            },
            accounts = new Dictionary<string, object>
            {
                [User] = new { name = "Asha Rao", email = "asha@company.example", email_verified = true, groups = new[] { "Everybody", "Cloud admins" } },
            },
        });
        var folder = Directory.CreateTempSubdirectory("oidc-provider-").FullName;
        var process = Run("node", Path.Combine(AppContext.BaseDirectory, "Identity", "RelyingParty", "oidc-provider.mjs"), settings);
        return await Ready(new OtherProvider(process, folder, port, issuer));
    }

    /// <summary>Debian's Glewlwyd with one account; its public name need not lead anywhere.</summary>
    public static async Task<OtherProvider> StartGlewlwyd(string publicName, Uri portal, string callback)
    {
        var program = Parts.RequireGlewlwyd();
        var port = FreePort.Find();
        var root = publicName.Length > 0 ? publicName : $"http://localhost:{port}";
        var folder = Directory.CreateTempSubdirectory("glewlwyd-").FullName;
        var file = Path.Combine(folder, "glewlwyd.db");
        await using (var database = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
#pragma warning disable CA2100 // Debian's own script
            command.CommandText = await File.ReadAllTextAsync("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3");
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }

        var settings = Path.Combine(folder, "glewlwyd.conf");
        await File.WriteAllTextAsync(settings, $$"""
            port={{port}}
            bind_address="127.0.0.1"
            external_url="{{root}}"
            login_url="login.html"
            api_prefix="api"
            static_files_path="/usr/share/glewlwyd/webapp/"
            log_mode="console"
            log_level="WARNING"
            cookie_secure=0
            session_key="GLEWLWYD2_SESSION_ID"
            admin_scope="g_admin"
            profile_scope="g_profile"
            user_module_path="/usr/lib/glewlwyd/user"
            user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
            client_module_path="/usr/lib/glewlwyd/client"
            user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
            plugin_module_path="/usr/lib/glewlwyd/plugin"
            hash_algorithm="SHA512"
            database = { type = "sqlite3" path = "{{file}}" };
            """);
        var provider = new OtherProvider(Run(program, "-c", settings), folder, port, root + "/api/oidc");
        await Ready(provider, "/config");
        await provider.Configure(portal, callback);
        return provider;
    }

    /// <summary>Where Glewlwyd sends a person back who has signed in there and agreed.</summary>
    public async Task<Uri> VisitGlewlwyd(Uri authorize)
    {
        await Post(person, "/api/auth", new { username = User, password = PortalUnderTest.Password });
        await Put(person, $"/api/auth/grant/{ClientId}", new { scope = "openid" });
        // its own page goes on like this once everything is granted
        using var answer = await person.GetAsync(Near(authorize.PathAndQuery + "&g_continue"));
        return answer.Headers.Location ?? throw new InvalidOperationException($"Glewlwyd answered {answer.StatusCode}.");
    }

    /// <summary>Ends the person's session at Glewlwyd, as its own page does after the button.</summary>
    public async Task EndAtGlewlwyd(string sid) => (await person.DeleteAsync(Near($"/api/oidc/session/{sid}/"))).EnsureSuccessStatusCode();

    /// <summary>Where npm's oidc-provider sends a person back who has signed in and agreed on its pages.</summary>
    public async Task<Uri> VisitNode(Uri authorize)
    {
        var at = authorize;
        using var response = await person.GetAsync(at);
        var next = response;
        for (var hops = 0; hops < 12; hops++)
        {
            if (next.Headers.Location is { } location)
            {
                at = new Uri(at, location);
                if (at.Port != Port) return at;
                next = await person.GetAsync(at);
                continue;
            }

            var page = new HtmlParser().ParseDocument(await next.Content.ReadAsStringAsync());
            var form = page.QuerySelector("form") as IHtmlFormElement ?? throw new InvalidOperationException($"{at} has no form: {page.Body?.TextContent}");
            var fields = form.Elements.OfType<IHtmlInputElement>().Where(field => !string.IsNullOrEmpty(field.Name)).ToDictionary(
                field => field.Name!,
                field => field.Name switch { "login" => User, "password" => "any will do", _ => field.Value },
                StringComparer.Ordinal);
            // its sign-out page has the buttons outside the form
            foreach (var button in page.QuerySelectorAll("button[name]").Take(1)) fields[button.GetAttribute("name")!] = button.GetAttribute("value") ?? "";
            at = new Uri(at, form.GetAttribute("action") ?? at.ToString());
            next = await person.PostAsync(at, new FormUrlEncodedContent(fields));
        }

        throw new InvalidOperationException($"No way back from {authorize}.");
    }

    public async ValueTask DisposeAsync()
    {
        person.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task Configure(Uri portal, string callback)
    {
        using var admin = Person();
        await Post(admin, "/api/auth", new { username = "admin", password = "password" });
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        await Post(admin, "/api/mod/plugin/", new
        {
            module = "oidc",
            name = "oidc",
            display_name = "OpenID Connect",
            order_rank = 0,
            enabled = true,
            parameters = new Dictionary<string, object>
            {
                ["iss"] = Issuer,
                ["subject-type"] = "public",
                ["jwt-type"] = "ecdsa",
                ["jwt-key-size"] = "256",
                ["key"] = key.ExportECPrivateKeyPem(),
                ["cert"] = key.ExportSubjectPublicKeyInfoPem(),
                ["access-token-duration"] = 3600,
                ["refresh-token-duration"] = 1209600,
                ["code-duration"] = 600,
                ["refresh-token-rolling"] = true,
                ["auth-type-code-enabled"] = true,
                ["auth-type-token-enabled"] = false,
                ["auth-type-id-token-enabled"] = false,
                ["auth-type-password-enabled"] = false,
                ["auth-type-client-enabled"] = false,
                ["auth-type-refresh-enabled"] = true,
                ["jwks-show"] = true,
                ["pkce-allowed"] = true,
                ["pkce-method-plain-allowed"] = false,
                ["pkce-required"] = true,
                ["session-management-allowed"] = true,
                ["session-cookie-name"] = "GLEWLWYD2_OIDC_SID",
                ["session-cookie-expiration"] = 2419200,
                ["back-channel-logout-allowed"] = true,
                ["email-claim"] = "mandatory",
                ["name-claim"] = "mandatory",
                ["claims"] = new object[]
                {
                    new Dictionary<string, object> { ["name"] = Groups, ["user-property"] = Groups, ["type"] = "string", ["mandatory"] = true },
                    new Dictionary<string, object>
                    {
                        ["name"] = "email_verified", ["user-property"] = "email_verified", ["type"] = "boolean", ["boolean-value-true"] = "1",
                        ["boolean-value-false"] = "0", ["mandatory"] = true,
                    },
                },
            },
        });
        await Extend(admin, "user", Groups, "email_verified");
        await Extend(admin, "client", "post_logout_redirect_uris");
        await Post(admin, "/api/client/", new
        {
            client_id = ClientId,
            name = "Portal",
            client_secret = Secret,
            confidential = true,
            enabled = true,
            redirect_uri = new[] { new Uri(portal, callback).ToString() },
            authorization_type = new[] { "code" },
            scope = new[] { "openid" },
            token_endpoint_auth_method = new[] { "client_secret_basic" },
            backchannel_logout_uri = new Uri(portal, "/sign-in/back-channel-logout").ToString(),
        });
        await Post(admin, "/api/user/", new
        {
            username = User,
            password = PortalUnderTest.Password,
            enabled = true,
            name = "Asha Rao",
            email = "asha@company.example",
            email_verified = "1",
            groups = new[] { "Everybody", "Cloud admins" },
            scope = new[] { "openid" },
        });
    }

    // lets its own store keep further properties, of which groups may be several
    private async Task Extend(HttpClient admin, string kind, params string[] properties)
    {
        var path = $"/api/mod/{kind}/database";
        var module = System.Text.Json.Nodes.JsonNode.Parse(await admin.GetStringAsync(Near(path)))!;
        foreach (var property in properties)
        {
            module["parameters"]!["data-format"]![property] = System.Text.Json.Nodes.JsonNode.Parse(JsonSerializer.Serialize(
                new { multiple = property != "email_verified", read = true, write = true }));
        }

        await Put(admin, path, module);
        await Put(admin, path + "/reset", new { });
    }

    private async Task Post(HttpClient http, string path, object body) => await Good(await http.PostAsJsonAsync(Near(path), body));

    private async Task Put(HttpClient http, string path, object body) => await Good(await http.PutAsJsonAsync(Near(path), body));

    private static async Task Good(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{response.RequestMessage!.RequestUri}: {await response.Content.ReadAsStringAsync()}");
        response.Dispose();
    }

    private Uri Near(string path) => new($"http://localhost:{Port}{path}");

    private static HttpClient Person() =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { Timeout = Patience };

    private static Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<OtherProvider> Ready(OtherProvider provider, string path = "/.well-known/openid-configuration")
    {
        await Wait.Until(
            async () =>
            {
                try
                {
                    using var answer = await provider.person.GetAsync(provider.Near(path));
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return provider.process.HasExited ? throw new InvalidOperationException("The provider ended at once.") : false;
                }
            },
            "the other provider to answer",
            Patience);
        return provider;
    }
}
