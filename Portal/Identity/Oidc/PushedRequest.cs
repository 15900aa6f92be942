using System.Text.Json;
using Database;

namespace Portal.Identity.Oidc;

/// <summary>An authorization request that its client pushed ahead, away from the browser (RFC 9126).</summary>
internal sealed record PushedRequest
{
    /// <summary>RFC 9126 section 2.2.</summary>
    public const string UriPrefix = "urn:ietf:params:oauth:request_uri:";

    /// <summary>How long until the browser must come with it.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    // once it has come, a person may need to type a password and find a second factor
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    public string UriHash { get; init; } = "";

    /// <summary>JSON: name to value.</summary>
    public string Parameters { get; init; } = "";

    public DateTimeOffset? SeenAt { get; init; }

    public IReadOnlyDictionary<string, string> Values => JsonSerializer.Deserialize<Dictionary<string, string>>(Parameters) ?? [];

    public static async Task<string> Add(Tx tx, string requestUri, string clientId, IReadOnlyDictionary<string, string> values, DateTimeOffset now)
    {
        await tx.Execute(Sql.Add, new
        {
            UriHash = Secrets.Hash(requestUri),
            ClientId = clientId,
            Parameters = JsonSerializer.Serialize(values),
            Now = now,
            ExpiresAt = now + Length,
        });
        return requestUri;
    }

    /// <summary>The request, unless it is another client's, has expired or was answered.</summary>
    public static async Task<PushedRequest?> Open(Db db, string requestUri, string clientId, DateTimeOffset now)
    {
        var found = await db.One<PushedRequest>(Sql.Find, new { UriHash = Secrets.Hash(requestUri), ClientId = clientId, Now = now });
        if (found is { SeenAt: null })
            await db.Write(tx => tx.Execute(Sql.Seen, new { found.UriHash, Now = now, ExpiresAt = now + Patience }));
        return found;
    }

    /// <summary>RFC 9126 section 7.3: answered once; false when it was before.</summary>
    public static async Task<bool> Use(Tx tx, string uriHash, DateTimeOffset now) =>
        await tx.Execute(Sql.Use, new { UriHash = uriHash, Now = now }) == 1;

    internal static class Sql
    {
        public const string Add = """
            insert into PushedRequest (UriHash, ClientId, Parameters, CreatedAt, ExpiresAt)
            values (@UriHash, @ClientId, @Parameters, @Now, @ExpiresAt)
            """;

        public const string Find = """
            select UriHash, Parameters, SeenAt
            from PushedRequest
            where UriHash = @UriHash
                and ClientId = @ClientId
                and UsedAt is null
                and ExpiresAt > @Now
            """;

        public const string Seen = "update PushedRequest set SeenAt = @Now, ExpiresAt = @ExpiresAt where UriHash = @UriHash and SeenAt is null";

        public const string Use = "update PushedRequest set UsedAt = @Now where UriHash = @UriHash and UsedAt is null";

        public const string Forget = "delete from PushedRequest where ExpiresAt < @Before";
    }
}
