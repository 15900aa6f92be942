using Portal.Access;
using Xunit;

namespace Portal.Tests.Access;

public sealed class PermissionMapTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly ulong Power = Permissions.Bit(Permissions.ServersPower);
    private static readonly ulong Order = Permissions.Bit(Permissions.ServersOrder);
    private static readonly ulong Pay = Permissions.Bit(Permissions.BillingPay);
    private static readonly ulong Read = Permissions.Bit(Permissions.ServersRead);

    private static CompiledGrant Grant(string role, string[]? resources = null, DateTimeOffset? until = null, bool request = false, long? limit = null) =>
        new(Roles.Find(role)!.Mask, resources, until, request, limit);

    [Fact]
    public void A_role_on_the_whole_account_reaches_everything()
    {
        var map = new AccessMap([Grant("technical")]);
        Assert.Equal(Verdict.Allowed, map.Check(Power, null, Now));
        Assert.Equal(Verdict.Allowed, map.Check(Power, "srv_1", Now));
        Assert.Equal(Verdict.Refused, map.Check(Permissions.Bit(Permissions.TeamManage), null, Now));
    }

    [Fact]
    public void A_role_on_one_server_reaches_that_server_and_nothing_of_the_whole_account()
    {
        var map = new AccessMap([Grant("admin", ["srv_1"])]);
        Assert.Equal(Verdict.Allowed, map.Check(Power, null, Now));
        Assert.Equal(Verdict.Allowed, map.Check(Power, "srv_1", Now));
        Assert.Equal(Verdict.Refused, map.Check(Power, "srv_2", Now));
        foreach (var code in (string[])[Permissions.TeamManage, Permissions.BillingRead, Permissions.AuditRead, Permissions.ServersOrder])
            Assert.Equal(Verdict.Refused, map.Check(Permissions.Bit(code), null, Now));
    }

    [Fact]
    public void A_grant_ends_to_the_second_and_the_longer_one_counts()
    {
        var map = new AccessMap(
        [
            Grant("technical", ["srv_1"], Now.AddSeconds(10)), Grant("viewer", ["srv_1"], Now.AddSeconds(20)), Grant("technical", ["srv_1"], Now.AddSeconds(5)),
        ]);
        Assert.Equal(Verdict.Allowed, map.Check(Power, "srv_1", Now.AddSeconds(9)));
        Assert.Equal(Verdict.Refused, map.Check(Power, "srv_1", Now.AddSeconds(10)));
        Assert.Equal(Verdict.Allowed, map.Check(Read, "srv_1", Now.AddSeconds(10)));
        Assert.Equal(Verdict.Refused, map.Check(Read, "srv_1", Now.AddSeconds(20)));
        Assert.Equal(Verdict.Refused, map.Check(Read, null, Now.AddSeconds(20)));
    }

    [Fact]
    public void What_may_only_be_asked_for_is_neither_allowed_nor_refused()
    {
        var map = new AccessMap([Grant("technical", request: true), Grant("technical", ["srv_1"])]);
        Assert.Equal(Verdict.Allowed, map.Check(Power, "srv_1", Now));
        Assert.Equal(Verdict.MayRequest, map.Check(Power, "srv_2", Now));
    }

    [Fact]
    public void A_spend_limit_is_the_largest_of_those_in_force_and_none_where_one_grant_has_none()
    {
        Assert.Null(new AccessMap([Grant("technical")]).SpendLimit(Order, Now));
        Assert.Equal(500_00, new AccessMap([Grant("technical", limit: 100_00), Grant("technical", limit: 500_00)]).SpendLimit(Order, Now));
        var ending = new AccessMap([Grant("technical", limit: 100_00), Grant("technical", until: Now.AddSeconds(5))]);
        Assert.Null(ending.SpendLimit(Order, Now));
        Assert.Equal(100_00, ending.SpendLimit(Order, Now.AddSeconds(5)));
    }

    [Fact]
    public void A_limit_bounds_what_its_own_role_lets_somebody_spend()
    {
        Assert.Equal(100_00, new AccessMap([Grant("billing", limit: 100_00)]).SpendLimit(Pay, Now));
        Assert.Null(new AccessMap([Grant("technical", limit: 100_00), Grant("billing")]).SpendLimit(Pay, Now));
        // nothing is ordered on one server, so its role without a limit does not lift that of the team's
        var team = Grant("technical", ["srv_2"], limit: 100_00) with { Team = new TeamId("tea_1") };
        var both = new AccessMap([team, Grant("technical", ["srv_1"])]);
        Assert.Equal(100_00, both.SpendLimit(Order, Now, new TeamId("tea_1")));
        // paying for one server is bounded by what is held on it, not by what is held on another
        var paying = new AccessMap([Grant("billing", limit: 100_00), Grant("billing", ["srv_1"])]);
        Assert.Equal(100_00, paying.SpendLimit(Pay, Now));
        Assert.Equal(100_00, paying.SpendLimit(Pay, Now, "srv_2"));
    }

    [Fact]
    public void Every_permission_has_its_own_bit_and_every_role_only_permissions_there_are()
    {
        Assert.Equal(Permissions.All.Count, Permissions.All.Select(permission => Permissions.Bit(permission.Code)).Distinct().Count());
        var constants = typeof(Permissions).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(constants.Order(StringComparer.Ordinal), Permissions.All.Select(permission => permission.Code).Order(StringComparer.Ordinal));
        Assert.All(Roles.Ready.SelectMany(role => role.Permissions), code => Assert.True(Permissions.Exists(code), code));
    }
}
