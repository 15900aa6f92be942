using System.Security.Cryptography;
using Database;

namespace Portal.Identity.Oidc;

/// <summary>A device without a browser that waits to be let in (RFC 8628).</summary>
internal sealed record DeviceRequest
{
    public const string Pending = "pending";
    public const string Approved = "approved";
    public const string Denied = "denied";
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    /// <summary>RFC 8628 section 3.2: seconds between two questions.</summary>
    public const int FirstPause = 5;

    // section 6.1: no vowels, so that no words come of it, and nothing that looks alike
    private const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";

    public string DeviceCodeHash { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string Scope { get; init; } = "";

    public string Ip { get; init; } = "";

    public string State { get; init; } = "";

    public TokenGrantId? GrantId { get; init; }

    public int PauseSeconds { get; init; }

    public DateTimeOffset? PolledAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>34 bits, of which at most a few may be tried: <c>BCDF-GHJK</c>.</summary>
    public static string NewUserCode() => $"{RandomNumberGenerator.GetString(Alphabet, 4)}-{RandomNumberGenerator.GetString(Alphabet, 4)}";

    /// <summary>As people type it: any case, with or without dash and blanks.</summary>
    public static string UserCodeHash(string typed) =>
        Secrets.Hash("user code\n" + string.Concat(typed.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)));

    public static Task Add(Tx tx, string deviceCode, string userCode, Client client, string scope, string ip, DateTimeOffset now) => tx.Execute(Sql.Add, new
    {
        DeviceCodeHash = Secrets.Hash(deviceCode),
        UserCodeHash = UserCodeHash(userCode),
        ClientId = client.Id,
        Scope = scope,
        Ip = ip,
        PauseSeconds = FirstPause,
        Now = now,
        ExpiresAt = now + Length,
    });

    public static Task<DeviceRequest?> ByUserCode(Db db, string typed, DateTimeOffset now) =>
        db.One<DeviceRequest>(Sql.ByUserCode, new { UserCodeHash = UserCodeHash(typed), Now = now });

    public static Task<DeviceRequest?> ByDeviceCode(Tx tx, string deviceCode) =>
        tx.One<DeviceRequest>(Sql.ByDeviceCode, new { DeviceCodeHash = Secrets.Hash(deviceCode) });

    /// <summary>False when it was decided or has expired meanwhile.</summary>
    public static async Task<bool> Decide(Tx tx, DeviceRequest request, string state, TokenGrantId? grant, DateTimeOffset now) =>
        await tx.Execute(Sql.Decide, new { request.DeviceCodeHash, State = state, GrantId = grant, Now = now }) == 1;

    public static Task Polled(Tx tx, DeviceRequest request, int pause, DateTimeOffset now) =>
        tx.Execute(Sql.Polled, new { request.DeviceCodeHash, PauseSeconds = pause, Now = now });

    /// <summary>False when its tokens were given before.</summary>
    public static async Task<bool> Use(Tx tx, DeviceRequest request) => await tx.Execute(Sql.Use, new { request.DeviceCodeHash }) == 1;

    internal static class Sql
    {
        private const string Columns = "DeviceCodeHash, ClientId, Scope, Ip, State, GrantId, PauseSeconds, PolledAt, CreatedAt, ExpiresAt";

        public const string Add = """
            insert into DeviceRequest (DeviceCodeHash, UserCodeHash, ClientId, Scope, Ip, State, PauseSeconds, CreatedAt, ExpiresAt)
            values (@DeviceCodeHash, @UserCodeHash, @ClientId, @Scope, @Ip, 'pending', @PauseSeconds, @Now, @ExpiresAt)
            """;

        public const string ByUserCode = $"""
            select {Columns}
            from DeviceRequest
            where UserCodeHash = @UserCodeHash
                and State = 'pending'
                and ExpiresAt > @Now
            """;

        public const string ByDeviceCode = $"select {Columns} from DeviceRequest where DeviceCodeHash = @DeviceCodeHash";

        public const string Decide = """
            update DeviceRequest
            set State = @State, GrantId = @GrantId
            where DeviceCodeHash = @DeviceCodeHash
                and State = 'pending'
                and ExpiresAt > @Now
            """;

        public const string Polled = "update DeviceRequest set PolledAt = @Now, PauseSeconds = @PauseSeconds where DeviceCodeHash = @DeviceCodeHash";

        public const string Use = "update DeviceRequest set State = 'used' where DeviceCodeHash = @DeviceCodeHash and State = 'approved'";

        public const string Forget = "delete from DeviceRequest where ExpiresAt < @Before";
    }
}
