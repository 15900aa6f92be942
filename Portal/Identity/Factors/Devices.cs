using System.Net;
using System.Net.Sockets;
using Database;
using Portal.Mail;

namespace Portal.Identity.Factors;

/// <summary>
/// Tells a person when they sign in from a browser and network that they have not used before. Nothing is left in the browser for it:
/// earlier sessions tell.
/// </summary>
internal static class Devices
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(180);

    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>E.g. <c>Firefox on Windows</c>.</summary>
    public static string Name(string userAgent) => userAgent.Length == 0
        ? "An unnamed program"
        : $"{Named(Browsers, userAgent) ?? Texts.Cut(userAgent.Split('/')[0], 40)} on {Named(Systems, userAgent) ?? "an unknown system"}";

    /// <summary>Call before the new session is written.</summary>
    public static async Task TellOfNew(Tx tx, PersonId person, string ip, string userAgent, PublicAddress address, DateTimeOffset now)
    {
        var before = await tx.Query<Seen>(Sql.Seen, new { PersonId = person, Since = now - Memory });
        var here = (Name(userAgent), Network(ip));
        // the first sign-in of all follows the confirmation mail
        if (before.Count == 0 || before.Any(one => (Name(one.UserAgent), Network(one.Ip)) == here)) return;
        if (await tx.One<Person>(Person.Sql.ById, new { Id = person }) is not { } known) return;
        await MailRoom.Queue(tx, FactorMails.NewDevice(known, here.Item1, ip, userAgent, address, now), now);
    }

    // providers hand out addresses anew each day: /16 of IPv4 and /32 of IPv6 are about one provider in one region
    private static string Network(string ip) => IPAddress.TryParse(ip, out var address)
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, address.AddressFamily == AddressFamily.InterNetwork ? 2 : 4))
        : ip;

    private static string? Named((string Mark, string Name)[] known, string userAgent) =>
        known.FirstOrDefault(one => userAgent.Contains(one.Mark, StringComparison.Ordinal)).Name;

    private sealed record Seen
    {
        public string Ip { get; init; } = "";

        public string UserAgent { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Seen = """
            -- all accounts: a person's own sessions
            select distinct Ip, UserAgent
            from PortalSession
            where PersonId = @PersonId
                and CreatedAt > @Since
            """;
    }
}
