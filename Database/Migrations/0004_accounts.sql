-- room: Portal/Accounts
-- immutable: BillingProfile

create table Account (
    Id varchar(30) not null constraint PK_Account primary key,
    Name nvarchar(120) not null,
    State varchar(12) not null constraint CK_Account_State check (State in ('active', 'closed')),
    CreatedAt datetime2(3) not null
);

create table AccountMember (
    AccountId varchar(30) not null constraint FK_AccountMember_Account references Account (Id),
    PersonId varchar(30) not null constraint FK_AccountMember_Person references Person (Id),
    Role varchar(20) not null constraint CK_AccountMember_Role check (Role in ('owner', 'member')),
    CreatedAt datetime2(3) not null,
    constraint PK_AccountMember primary key (AccountId, PersonId)
);

create index IX_AccountMember_PersonId on AccountMember (PersonId, CreatedAt);

create table BillingProfile (
    Id varchar(30) not null constraint PK_BillingProfile primary key,
    AccountId varchar(30) not null constraint FK_BillingProfile_Account references Account (Id),
    Version int not null,
    LegalName nvarchar(120) not null,
    Gstin varchar(15) null,
    Pan varchar(10) null,
    IsSez bit not null,
    StateCode varchar(2) not null,
    Address1 nvarchar(120) not null,
    Address2 nvarchar(120) null,
    City nvarchar(60) not null,
    Pin varchar(6) not null,
    Mobile varchar(16) not null,
    Purpose nvarchar(200) not null,
    CreatedAt datetime2(3) not null,
    CreatedBy varchar(30) not null constraint FK_BillingProfile_Person references Person (Id),
    constraint UQ_BillingProfile_Version unique (AccountId, Version)
);
