using System.Diagnostics;
using Database;
using Portal.Access;

namespace Benchmarks;

/// <summary>
/// A permission check for somebody with ten thousand grants against one with ten, turn by turn in one run: the cost must not grow. The maps are
/// read from the database as a request reads them.
/// </summary>
public sealed class PermissionChecks : Benchmark
{
    private const int Rounds = 7;
    private const int ChecksOfRound = 200_000;
    private const int Few = 10;
    private const int Many = 10_000;

    public override async Task<IReadOnlyList<Figure>> Measure()
    {
        await using var premises = await Premises.Open();
        var (few, servers) = await Holder(premises, "per_few", Few);
        var (many, manyServers) = await Holder(premises, "per_many", Many);
        var (fewTimes, manyTimes) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var (ofFew, ofMany) = (Check(few, servers), Check(many, manyServers));
            if (round == 0) continue;
            fewTimes.Add(ofFew);
            manyTimes.Add(ofMany);
        }

        var worst = Numbers.Median(manyTimes);
        var ratio = Numbers.Median(manyTimes.Zip(fewTimes, (one, other) => one / other));
        return
        [
            new($"permission check with {Many} grants, median of {Rounds} rounds", Microseconds(worst), "< 50 µs", worst < 50),
            new($"permission check: {Many} grants / {Few} grants", Numbers.Ratio(ratio), "<= 3.00", ratio <= 3),
            new($"  with {Few} grants", Microseconds(Numbers.Median(fewTimes)), "", true),
        ];
    }

    // what a request pays, allowed and refused in turn: each server is asked for by its own id
    private static double Check(RequestAccess access, string[] servers)
    {
        var allowed = 0;
        var began = Stopwatch.GetTimestamp();
        for (var turn = 0; turn < ChecksOfRound; turn++)
        {
            if (access.Can(Permissions.ServersPower, servers[turn % servers.Length])) allowed++;
            if (access.Can(Permissions.ServersPower, "srv_of_somebody_else")) allowed++;
        }

        if (allowed != ChecksOfRound) throw new InvalidOperationException($"{allowed} of {ChecksOfRound} checks were allowed.");
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / (2 * ChecksOfRound);
    }

    private static async Task<(RequestAccess Access, string[] Servers)> Holder(Premises premises, string holder, int grants)
    {
        var (account, now) = (premises.Customer.AccountId, DateTimeOffset.UtcNow);
        var servers = Enumerable.Range(0, grants).Select(number => $"srv_{holder[4..]}_{number:00000}").ToArray();
        foreach (var some in servers.Chunk(500))
        {
            await premises.Db.Write(async tx =>
            {
                foreach (var server in some)
                {
                    await tx.Execute(AccessGrant.Sql.Give, new
                    {
                        Id = Id.New<AccessGrantId>(now),
                        AccountId = account,
                        HolderId = holder,
                        RoleCode = "technical",
                        CustomRoleId = (string?)null,
                        ScopeKind = AccessScope.Resource,
                        ScopeId = server,
                        Mode = AccessGrant.Allow,
                        ExpiresAt = now.AddHours(1),
                        SpendLimitPaise = (long?)null,
                        Now = now,
                        GivenBy = (string?)null,
                    });
                }
            });
        }

        var began = Stopwatch.GetTimestamp();
        var map = await premises.Get<AccessMaps>().Of(account, holder, version: 1);
        Console.WriteLine($"  {grants} grants read and compiled in {Numbers.Milliseconds(Numbers.MillisecondsSince(began))}");
        return (new RequestAccess(map, null, now), servers);
    }

    private static string Microseconds(double value) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value:0.000} µs");
}
