using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Portal.Identity;
using Portal.Identity.Oidc;
using Testing;
using Xunit;

namespace Portal.Tests.Identity;

public sealed class SigningKeysTests
{
    private static readonly DateTimeOffset Begin = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [Engines]
    [Shows("key rotation")]
    public async Task A_key_is_published_a_week_before_it_signs_and_a_week_after(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var clock = new Clock(Begin);
        using var keys = Keys(database, clock);
        var first = (await keys.Current()).Key.KeyId;
        Assert.Equal([first], await Published(keys));

        clock.Now = Begin.AddDays(24);
        Assert.Equal(first, (await keys.Current()).Key.KeyId);
        var both = await Published(keys);
        Assert.Equal(2, both.Count);

        clock.Now = Begin.AddDays(31);
        Assert.Equal(both[1], (await keys.Current()).Key.KeyId);
        Assert.Equal(both, await Published(keys));

        clock.Now = Begin.AddDays(38);
        Assert.Equal([both[1]], await Published(keys));
    }

    [Theory]
    [Engines]
    public async Task Portals_that_start_together_end_with_one_key(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var clock = new Clock(Begin);
        var portals = Enumerable.Range(0, 4).Select(_ => Keys(database, clock)).ToList();

        var ids = await Task.WhenAll(portals.Select(async keys => (await keys.Current()).Key.KeyId));

        Assert.Single(ids.Distinct());
        portals.ForEach(keys => keys.Dispose());
    }

    [Theory]
    [Engines]
    public async Task A_portal_that_slept_for_a_year_has_a_key_that_signs(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var clock = new Clock(Begin);
        using var keys = Keys(database, clock);
        var first = (await keys.Current()).Key.KeyId;

        clock.Now = Begin.AddDays(400);

        Assert.NotEqual(first, (await keys.Current()).Key.KeyId);
        Assert.Single(await Published(keys));
    }

    private static SigningKeys Keys(TestDatabase database, TimeProvider clock) => new(
        database.Db, Protection, Options.Create(new IdentityOptions { SigningKeyLength = TimeSpan.FromDays(30) }), clock);

    private static async Task<IReadOnlyList<string>> Published(SigningKeys keys) => [.. (await keys.Published()).Select(key => key.KeyId)];

    private static readonly EphemeralDataProtectionProvider Protection = new();

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
