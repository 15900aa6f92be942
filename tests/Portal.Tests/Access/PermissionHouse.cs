using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Billing.Invoices;
using Database.Work;
using Portal.Access;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Applications;
using Portal.Tests.Servers;
using Testing;

namespace Portal.Tests.Access;

/// <summary>Somebody who tries every door.</summary>
internal sealed record PermissionGuest(string Name, Browser Browser, string? FormToken, string? AccessToken);

/// <summary>A running portal with an account that has one of everything, and people who hold more or less of it.</summary>
internal sealed partial class PermissionHouse : IAsyncDisposable
{
    private const string Backup = "bkp_00000000000000000000000001";
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly Dictionary<string, string> ids = new(StringComparer.Ordinal);

    private PermissionHouse(PortalUnderTest portal) => Portal = portal;

    public PortalUnderTest Portal { get; }

    public List<PermissionGuest> Guests { get; } = [];

    public AccountId Account { get; private set; }

    /// <summary>Another server of the account.</summary>
    public string Other { get; private set; } = "";

    public static async Task<PermissionHouse> Start()
    {
        var house = new PermissionHouse(await ServerCustomers.StartSelling());
        var portal = house.Portal;
        var (account, owner, asha) = await portal.OpenAccount("Owner");
        await PortalUnderTest.EnterBillingAsync(asha, "Owner");
        var server = await portal.Buy(asha);
        var other = await portal.Buy(asha, ("Input.Hostname", "web-2"));
        foreach (var one in (global::Portal.Servers.ServerId[])[server, other]) await portal.Become(one, "running");
        (house.Account, house.Other) = (account, other.Value);
        await house.Furnish(account, server.Value);

        await house.Add("owner", asha);
        foreach (var role in Roles.Ready.Where(role => role.Code != Roles.Owner))
            await house.Add(role.Code, (await portal.Join(account, role.Name, role.Code)).Browser);
        await house.Add("one server", (await portal.Join(account, "One", "technical", AccessPeople.On(server.Value))).Browser);
        await house.Add("other server", (await portal.Join(account, "Other", "technical", AccessPeople.On(other.Value))).Browser);
        await house.Add("foreign", (await portal.OpenAccount("Foreign")).Browser);
        await house.Add("none", await portal.SignedIn((await portal.Person("Nobody", null)), null));
        await house.Add("staff", await portal.SignedIn((await portal.Person("Staff", "administrator")), null));
        house.Guests.Add(new PermissionGuest("stranger", portal.NewBrowser(), null, null));
        return house;
    }

    /// <summary>The id of the account's one thing of this kind, e.g. <c>srv</c>.</summary>
    public string Id(string kind) => ids[kind];

    public PermissionGuest Guest(string name) => Guests.First(guest => guest.Name == name);

    /// <summary>A role of the account's own.</summary>
    public async Task<string> Role(string name, params string[] codes)
    {
        var now = DateTimeOffset.UtcNow;
        var owner = new RequestAccess(new AccessMap([new CompiledGrant(ulong.MaxValue, null, null, false, null)]), null, now);
        var saved = await Portal.Db.Write(tx => ChangeRoles.Save(tx, Account, null, name, codes, new global::Portal.Identity.PersonId("per_test"), owner, now));
        return ((RoleOutcome.Saved)saved).Id.Value;
    }

    /// <summary>What the door says to the guest.</summary>
    public async Task<string> Try(PermissionGuest guest, PermissionDoor door)
    {
        var path = Parameter().Replace(door.Pattern, part => ids[Named(door, part.Groups[1].Value.TrimEnd('?'))]);
        if (!string.IsNullOrEmpty(door.Handler)) path += $"?handler={door.Handler}";
        using var request = new HttpRequestMessage(new HttpMethod(door.Method), path);
        if (door.IsApi)
        {
            if (guest.AccessToken is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", guest.AccessToken);
            // an empty body: who is let in is told what is wrong with it
            if (door.Method is not ("GET" or "DELETE"))
            {
                request.Content = new StringContent("{}", null, "application/json");
                request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
            }
        }
        else if (door.Method != "GET")
        {
            request.Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", guest.FormToken ?? "")]);
        }

        // not the browser's own way: a stream of events has no end to wait for
        request.RequestUri = new Uri(Portal.Address, path);
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", guest.Browser.Cookies.Select(pair => $"{pair.Key}={pair.Value}")));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var location = response.Headers.Location?.ToString() ?? "";
        return (response.StatusCode, location) switch
        {
            (HttpStatusCode.Unauthorized, _) => "in",
            (HttpStatusCode.SeeOther, _) when location.StartsWith("/sign-in", StringComparison.Ordinal) => "in",
            // without a form token a stranger's post is not looked at
            (HttpStatusCode.BadRequest, _) when guest.FormToken is null && !door.IsApi => "in",
            (HttpStatusCode.Forbidden, _) => "no",
            (HttpStatusCode.NotFound, _) => "-",
            ( >= HttpStatusCode.InternalServerError, _) => $"{(int)response.StatusCode}",
            _ => "yes",
        };
    }

    private async Task Add(string name, Browser browser)
    {
        var account = await browser.Get("/accounts");
        var token = account.Html.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value");
        Guests.Add(new PermissionGuest(name, browser, token, await PortalUnderTest.AccessTokenAsync(browser)));
    }

    private async Task Furnish(AccountId account, string server)
    {
        var now = DateTimeOffset.UtcNow;
        ids["srv"] = server;
        ids["bkp"] = Backup;
        ids["ord"] = (await Portal.Db.One<string>(Sql.Order, new { ServerId = server }))!;
        ids["inv"] = (await InvoiceDocument.OfOrder(Portal.Db, account.Value, ids["ord"]))!.Id.Value;
        var invoice = TaxDocumentId.From(ids["inv"]);
        await Wait.Until(async () => await DocumentPrint.Find(Portal.Db, account.Value, invoice) is not null, "the invoice's PDF");
        ids["wrk"] = (await Portal.Db.Write(async tx => await WorkQueue.Add(tx, new NewWork("server.power", server) { AccountId = account.Value, Input = new { Action = "start" } }, now))).ToString()!;
        ids["person"] = (await Portal.Join(account, "Somebody", "viewer")).Person.Value;
        ids["team"] = (await Portal.Db.Write(tx => ChangeTeams.Open(tx, account, Team.OfTeam, "Shop", now)))!.Value.Value;
        var registered = await Portal.Db.Write(tx => RegisterApplication.Run(
            tx, account, new PersonId(ids["person"]), new NewApplication { Kind = "web", Name = "App", RedirectUris = ["https://app.example.in/"] }, "a secret",
            _ => true, new AuditEntry(""), now));
        ids["cli"] = ((RegisterOutcome.Registered)registered).Id.Value;
        ids["role"] = "rol_00000000000000000000000001";
        await Portal.Db.Write(tx => tx.Execute(Sql.Backup, new { Id = Backup, AccountId = account, ServerId = server, Now = now, Later = now.AddDays(7) }));
    }

    // a new room adds its ids here, so that its rows are asked with something that is there
    private string Named(PermissionDoor door, string parameter)
    {
        var pattern = door.Pattern;
        var name = (pattern, parameter) switch
        {
            // whoever is let in takes it away at once, so it is asked of something that is not there
            _ when pattern.Contains("/applications/", StringComparison.Ordinal) => door.Method == "DELETE" || parameter == "secret" ? "gone" : "cli",
            _ when pattern.Contains("/team/", StringComparison.Ordinal) && (door.Method == "DELETE" || door.Handler is "Remove" or "Close") => "gone",
            (_, "person" or "team" or "role") => parameter,
            (_, "backup") or ("/api/v1/backups/{id}" or "/api/v1/backups/{id}/restore", _) => "bkp",
            (_, "orderId") => "ord",
            _ when pattern.Contains("/orders/", StringComparison.Ordinal) => "ord",
            _ when pattern.Contains("/invoices/", StringComparison.Ordinal) => "inv",
            _ when pattern.Contains("/actions/", StringComparison.Ordinal) => "wrk",
            _ when pattern.Contains("/servers/", StringComparison.Ordinal) => "srv",
            _ => parameter,
        };
        ids.TryAdd(name, "unknown");
        return name;
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return Portal.DisposeAsync();
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Parameter();

    internal static class Sql
    {
        public const string Order = "-- all accounts: a test\nselect SalesOrderId from ServerOrder where ServerId = @ServerId";

        public const string Backup = """
            insert into ServerBackup (Id, AccountId, ServerId, Region, InstanceName, Kind, State, ObjectKey, Bytes, Sha256, DiskGib, TakenAt,
                VerifiedAt, ExpiresAt)
            values (@Id, @AccountId, @ServerId, 'blr', 'srv-1', 'daily', 'ready', 'backups/1', 1572864,
                'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 50, @Now, @Now, @Later)
            """;
    }
}
