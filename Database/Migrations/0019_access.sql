-- room: Portal/Access

create table AccountAccess (
    AccountId varchar(30) not null constraint PK_AccountAccess primary key
        constraint FK_AccountAccess_Account references Account (Id),
    Version bigint not null
);

insert into AccountAccess (AccountId, Version) select Id, 1 from Account;

create table CustomRole (
    Id varchar(30) not null constraint PK_CustomRole primary key,
    AccountId varchar(30) not null constraint FK_CustomRole_Account references Account (Id),
    Name nvarchar(60) not null,
    Permissions varchar(2000) not null,
    CreatedAt datetime2(3) not null,
    CreatedBy varchar(30) not null,
    RetiredAt datetime2(3) null
);

create index IX_CustomRole_Account on CustomRole (AccountId, Name);

create table AccessGrant (
    Id varchar(30) not null constraint PK_AccessGrant primary key,
    AccountId varchar(30) not null constraint FK_AccessGrant_Account references Account (Id),
    HolderId varchar(30) not null,
    RoleCode varchar(20) null,
    CustomRoleId varchar(30) null constraint FK_AccessGrant_CustomRole references CustomRole (Id),
    ScopeKind varchar(10) not null constraint CK_AccessGrant_ScopeKind check (ScopeKind in ('account', 'team', 'resource', 'tag')),
    ScopeId nvarchar(60) not null,
    Mode varchar(10) not null constraint CK_AccessGrant_Mode check (Mode in ('allow', 'request')),
    ExpiresAt datetime2(3) null,
    SpendLimitPaise bigint null constraint CK_AccessGrant_SpendLimitPaise check (SpendLimitPaise >= 0),
    GivenAt datetime2(3) not null,
    GivenBy varchar(30) null,
    RevokedAt datetime2(3) null,
    RevokedBy varchar(30) null,
    constraint CK_AccessGrant_Role check ((RoleCode is null and CustomRoleId is not null) or (RoleCode is not null and CustomRoleId is null)),
    constraint CK_AccessGrant_Owner check (RoleCode is null or RoleCode <> 'owner'
        or (ScopeKind = 'account' and ExpiresAt is null and SpendLimitPaise is null and Mode = 'allow' and HolderId like 'per%'))
);

create index IX_AccessGrant_Holder on AccessGrant (AccountId, HolderId, ScopeKind, ScopeId);

create table Team (
    Id varchar(30) not null constraint PK_Team primary key,
    AccountId varchar(30) not null constraint FK_Team_Account references Account (Id),
    Kind varchar(12) not null constraint CK_Team_Kind check (Kind in ('team', 'department')),
    Name nvarchar(60) not null,
    CreatedAt datetime2(3) not null,
    ClosedAt datetime2(3) null
);

create index IX_Team_Account on Team (AccountId, Name);

create table TeamMember (
    AccountId varchar(30) not null,
    TeamId varchar(30) not null constraint FK_TeamMember_Team references Team (Id),
    PersonId varchar(30) not null,
    AddedAt datetime2(3) not null,
    constraint PK_TeamMember primary key (AccountId, TeamId, PersonId)
);

create index IX_TeamMember_Person on TeamMember (AccountId, PersonId);

create table TeamResource (
    AccountId varchar(30) not null,
    ResourceId varchar(30) not null,
    TeamId varchar(30) not null constraint FK_TeamResource_Team references Team (Id),
    AddedAt datetime2(3) not null,
    constraint PK_TeamResource primary key (AccountId, ResourceId)
);

create index IX_TeamResource_Team on TeamResource (AccountId, TeamId);

create table ResourceTag (
    AccountId varchar(30) not null,
    ResourceId varchar(30) not null,
    Tag nvarchar(40) not null,
    AddedAt datetime2(3) not null,
    constraint PK_ResourceTag primary key (AccountId, ResourceId, Tag)
);

create index IX_ResourceTag_Tag on ResourceTag (AccountId, Tag);

create table SpendMonth (
    AccountId varchar(30) not null,
    PersonId varchar(30) not null,
    Month int not null,
    Orders int not null,
    constraint PK_SpendMonth primary key (AccountId, PersonId, Month)
);

create table SpentOrder (
    AccountId varchar(30) not null,
    PersonId varchar(30) not null,
    Month int not null,
    OrderId varchar(30) not null,
    Paise bigint not null,
    SpentAt datetime2(3) not null,
    constraint PK_SpentOrder primary key (AccountId, PersonId, OrderId)
);

create index IX_SpentOrder_Month on SpentOrder (AccountId, PersonId, Month);

insert into AccessGrant (Id, AccountId, HolderId, RoleCode, ScopeKind, ScopeId, Mode, GivenAt)
select concat('acg_', substring(AccountId, 18, 13), substring(PersonId, 18, 13)), AccountId, PersonId,
    case when Role = 'owner' then 'owner' else 'viewer' end, 'account', '', 'allow', CreatedAt
from AccountMember;
