using System.Buffers.Text;
using System.Security.Cryptography;
using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

internal readonly record struct SigningKeyId(string Value) : IId<SigningKeyId>
{
    public static string Prefix => "key";

    public static SigningKeyId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>
/// The provider's ES256 keys. One signs at a time; its successor is published a week before it signs, so that clients that keep the
/// key set know it in time, and a key stays published for a week after its last signature.
/// </summary>
internal sealed class SigningKeys(Db db, IDataProtectionProvider protection, IOptions<IdentityOptions> options, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(7);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private readonly IDataProtector protector = protection.CreateProtector("Portal.Identity.Oidc.SigningKeys");
    private readonly SemaphoreSlim loading = new(1, 1);
    private Loaded? loaded;

    /// <summary>What to sign with now.</summary>
    public async Task<SigningCredentials> Current() => new((await Signing()).Key, SecurityAlgorithms.EcdsaSha256);

    /// <summary>The same key for access tokens, of which there are many.</summary>
    public async ValueTask<KeySigner> Signer() => (await Signing()).Signer;

    private async ValueTask<LoadedKey> Signing()
    {
        var now = clock.GetUtcNow();
        var keys = (await Load(now)).Keys;
        for (var at = keys.Count - 1; at > 0; at--)
            if (keys[at].Row.SignsFrom <= now) return keys[at];
        return keys[0];
    }

    /// <summary>What others check with: the last, the current and the next key.</summary>
    public async Task<IReadOnlyList<ECDsaSecurityKey>> Published() => [.. (await Load(clock.GetUtcNow())).Keys.Select(key => key.Key)];

    /// <summary>RFC 7517: the public halves.</summary>
    public async Task<IReadOnlyList<SigningKey>> Rows() => [.. (await Load(clock.GetUtcNow())).Keys.Select(key => key.Row)];

    public void Dispose() => loading.Dispose();

    private async ValueTask<Loaded> Load(DateTimeOffset now)
    {
        if (loaded is { } ready && ready.Until > now && ready.Since <= now) return ready;
        await loading.WaitAsync();
        try
        {
            if (loaded is { } other && other.Until > now && other.Since <= now) return other;
            var rows = await db.Query<SigningKey>(Sql.Published, new { Since = now - Overlap });
            if (!rows.Any(row => row.SignsUntil > now + Overlap)) rows = await Successor(rows, now);
            var known = loaded?.Keys.ToDictionary(key => key.Row.KeyId) ?? [];
            // a key in use is never disposed: signature providers are cached by it
            var keys = rows.Select(row => known.TryGetValue(row.KeyId, out var same) ? same : new LoadedKey(row, Open(row), new KeySigner(row.KeyId.Value, () => Import(row)))).ToList();
            return loaded = new Loaded(keys, now, now + Remembered);
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<IReadOnlyList<SigningKey>> Successor(IReadOnlyList<SigningKey> rows, DateTimeOffset now)
    {
        var from = rows.Count == 0 || rows[^1].SignsUntil < now ? now : rows[^1].SignsUntil;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var row = new SigningKey
        {
            KeyId = Id.New<SigningKeyId>(now),
            PrivateKey = Base64Url.EncodeToString(protector.Protect(key.ExportPkcs8PrivateKey())),
            X = Base64Url.EncodeToString(point.X),
            Y = Base64Url.EncodeToString(point.Y),
            SignsFrom = from,
            SignsUntil = from + options.Value.SigningKeyLength,
            CreatedAt = now,
        };
        await db.Write(tx => tx.Execute(Sql.Add, row));
        return await db.Query<SigningKey>(Sql.Published, new { Since = now - Overlap });
    }

    private ECDsaSecurityKey Open(SigningKey row) => new(Import(row)) { KeyId = row.KeyId.Value };

    private ECDsa Import(SigningKey row)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(protector.Unprotect(Base64Url.DecodeFromChars(row.PrivateKey)), out _);
        return key;
    }

    private sealed record Loaded(IReadOnlyList<LoadedKey> Keys, DateTimeOffset Since, DateTimeOffset Until);

    private sealed record LoadedKey(SigningKey Row, ECDsaSecurityKey Key, KeySigner Signer);

    internal static class Sql
    {
        public const string Published = """
            select KeyId, PrivateKey, X, Y, SignsFrom, SignsUntil, CreatedAt
            from SigningKey
            where SignsUntil > @Since
            order by SignsFrom
            """;

        // of two portals that make the first key at once, one finds the other's
        public const string Add = """
            insert into SigningKey (KeyId, PrivateKey, X, Y, SignsFrom, SignsUntil, CreatedAt)
            select @KeyId, @PrivateKey, @X, @Y, @SignsFrom, @SignsUntil, @CreatedAt
            where not exists (select 1 from SigningKey where SignsUntil > @SignsFrom)
            """;
    }
}

internal sealed record SigningKey
{
    public SigningKeyId KeyId { get; init; }

    public string PrivateKey { get; init; } = "";

    public string X { get; init; } = "";

    public string Y { get; init; } = "";

    public DateTimeOffset SignsFrom { get; init; }

    public DateTimeOffset SignsUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
