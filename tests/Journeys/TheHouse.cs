using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Database;
using Portal.Catalogue;
using Testing;

namespace Journeys;

/// <summary>The whole house as an operator runs it: both hosts as processes, a real LXD, a real mail server, the gateway's sandbox.</summary>
internal sealed partial class TheHouse : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("portal-journey-").FullName;
    private readonly List<HostProcess> processes = [];
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly SmtpPart mail;
    private readonly SqliteEngine engine;

    private TheHouse(SmtpPart mail)
    {
        this.mail = mail;
        engine = new SqliteEngine(Path.Combine(folder, "portal.db"));
        Db = new Db(engine);
    }

    public Db Db { get; }

    public Uri Address { get; private set; } = null!;

    public Uri Gateway { get; private set; } = null!;

    /// <summary>Starts everything; servers of every region are instances of the LXD with the image.</summary>
    public static async Task<TheHouse> Start(LxdPart lxd, string image)
    {
        var house = new TheHouse(Parts.RequireSmtp());
        try
        {
            await house.Open(lxd, image);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    private async Task Open(LxdPart lxd, string image)
    {
        await TestDatabase.Migrator(Db).Migrate();
        await Db.Write(tx => CatalogueSeed.Run(tx, DateTimeOffset.UtcNow, CatalogueSeed.Images.ToDictionary(one => one.Code, _ => image)));

        var port = FreePort.Find();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/"));
        var settings = Settings(lxd);
        var gateway = await HostProcess.Start("Portal", settings, ["razorpay-sandbox"], ready: "/sandbox/knobs");
        processes.Add(gateway);
        Gateway = gateway.Url!;
        settings["Billing__Payments__Razorpay__BaseUrl"] = Gateway.GetLeftPart(UriPartial.Authority);
        settings["Billing__Payments__Razorpay__CheckoutUrl"] = new Uri(Gateway, "/v1/checkout/embedded").ToString();
        processes.Add(await HostProcess.Start("Provisioning", settings));
        processes.Add(await HostProcess.Start("Portal", settings, port: port));
    }

    private Dictionary<string, string?> Settings(LxdPart lxd)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Database__File"] = engine.File,
            ["Database__Objects__Folder"] = Path.Combine(folder, "objects"),
            ["Database__Objects__MasterKeyFile"] = Path.Combine(folder, "objects.key"),
            ["Billing__Payments__Sandbox__StateFile"] = Path.Combine(folder, "gateway.json"),
            ["Billing__Payments__Sandbox__WebhookUrls__0"] = new Uri(Address, "/webhooks/razorpay").ToString(),
            ["Portal__Identity__PublicUrl"] = Address.GetLeftPart(UriPartial.Authority),
            ["Portal__Identity__IssuerWithin"] = "00:01:00",
            ["Portal__Mail__Kind"] = "smtp",
            ["Portal__Mail__Host"] = mail.Host,
            ["Portal__Mail__Port"] = mail.Port.ToString(CultureInfo.InvariantCulture),
            ["Portal__Mail__User"] = mail.User,
            ["Portal__Mail__Password"] = mail.Password,
            ["Portal__Invoices__Printing__Browser"] = Parts.RequireChromium(),
        };
        foreach (var (region, index) in CatalogueSeed.Regions.Select((region, index) => (region.Code, index)))
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"Provisioning__Hypervisors__{index}__");
            settings[at + "Region"] = region;
            settings[at + "Url"] = "";
            settings[at + "Socket"] = lxd.Socket;
            settings[at + "Network"] = lxd.Network;
            settings[at + "Pool"] = lxd.Pool;
        }

        return settings;
    }

    /// <summary>The first link in the newest mail to the address whose subject or text has the words.</summary>
    public async Task<string> LinkInMail(string email, string words)
    {
        var text = await MailText(email, words);
        return Link().Match(text).Value;
    }

    /// <summary>Waits for the mail in the real inbox.</summary>
    public async Task<string> MailText(string email, string words) => (await Mail(email, words)).GetProperty("text").GetString() ?? "";

    /// <summary>Waits for the mail in the real inbox and returns what the inbox says of it.</summary>
    public async Task<JsonElement> Mail(string email, string words)
    {
        var found = await Wait.For(
            async () =>
            {
                var all = await http.GetFromJsonAsync<List<JsonElement>>(new Uri($"{mail.Inbox}?to.address={Uri.EscapeDataString(email)}"));
                return all!.Where(one => one.ToString().Contains(words, StringComparison.OrdinalIgnoreCase)).Select(one => new Found(one)).LastOrDefault();
            },
            $"a mail to {email} with '{words}'");
        return found.Mail;
    }

    /// <summary>What a server answers on its own address.</summary>
    public async Task<string> Ask(string address)
    {
        var answer = await Wait.For(
            async () =>
            {
                try
                {
                    return await http.GetStringAsync(new Uri($"http://{address}/cgi-bin/info"));
                }
                catch (HttpRequestException)
                {
                    return null;
                }
            },
            $"an answer of {address}");
        return answer;
    }

    /// <summary>Everything the processes have said, for a failure's story.</summary>
    public string Said => string.Join('\n', processes.Select(process => process.Output));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            if (!process.HasExited) await process.Stop();
            await process.DisposeAsync();
        }

        engine.Dispose();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private sealed record Found(JsonElement Mail);

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();
}
